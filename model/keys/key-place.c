/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding keys by what they stand for. */
#include "keys/key-place.h"

#include <string.h>

#include "keys/key-path.h"

char *key_common_words(char *a, const char *b)
{
    size_t end = 0;

    for (size_t i = 0; a[i] == b[i] || !a[i] || !b[i]; i++) {
        if ((a[i] == '.' || !a[i]) && (b[i] == '.' || !b[i]))
            end = i;
        if (!a[i] || !b[i])
            break;
    }
    a[end] = '\0';
    return a;
}

/* Does a row speak for that attribute of the element at its path? */
static bool speaks_for(const DwRow *row, const char *attribute)
{
    const char *at = strrchr(row->path, '@');
    const char *own = at && !strchr(at, ']') ? at + 1 : "";

    if (row->form == DW_FORM_CHAIN_END)
        return false;
    if (row->form == DW_FORM_SIZE && strcmp(attribute, "unit") == 0)
        return true;
    for (size_t i = 0; row->form == DW_FORM_PCI && i < G_N_ELEMENTS(lens_pci_attributes); i++)
        if (strcmp(attribute, lens_pci_attributes[i].name) == 0)
            return true;
    return strcmp(own, attribute) == 0;
}

char *key_at(const DwDocument *document, DwNode node, const DwGroup *group, DwNode element,
             const char *attribute, bool *ret_secret)
{
    DwPlace place = {0};
    DwNode base;

    while (group && group->sections && element != DW_NODE_NONE &&
           place_next_section(document, node, group, &place, &base))
        for (const DwRow *row = place.section->rows; row->key; row++) {
            if (!speaks_for(row, attribute) ||
                lens_find(document, base, row->path, NULL) != element)
                continue;
            DwPlace found = place;
            found.row = row;
            *ret_secret = row->flags & DW_ROW_SECRET;
            return place_key(&found);
        }
    return NULL;
}

static bool is_within(const DwDocument *document, DwNode node, DwNode element)
{
    while (node != DW_NODE_NONE && node != element)
        node = node_parent(document, node);
    return node != DW_NODE_NONE;
}

char *key_within(const DwDocument *document, DwNode node, const DwGroup *group, DwNode element)
{
    char *common = NULL;
    DwPlace place = {0};
    DwNode base;

    while (group && group->sections && element != DW_NODE_NONE &&
           place_next_section(document, node, group, &place, &base))
        for (const DwRow *row = place.section->rows; row->key; row++) {
            DwNode found = lens_find(document, base, row->path, NULL);
            if (row->form == DW_FORM_CHAIN_END || !is_within(document, found, element))
                continue;
            DwPlace of_row = place;
            of_row.row = row;
            g_autofree char *key = place_key(&of_row);
            common = common ? key_common_words(common, key) : g_steal_pointer(&key);
        }
    if (common && g_str_has_suffix(common, "."))
        common[strlen(common) - 1] = '\0';
    if (!common || *common)
        return common;
    g_free(common);
    return NULL;
}
