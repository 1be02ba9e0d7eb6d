/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unsetting a place, and taking away the elements that this leaves empty. */
#include <string.h>

#include "path.h"

/* Is an empty element of that name a setting by itself? */
static bool is_presence(const char *name)
{
    for (const DwGroup *group = table_groups(); group->kind; group++)
        for (const DwSection *section = group->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++) {
                const char *slash = strrchr(row->path, '/');
                if (row->form == DW_FORM_PRESENCE &&
                    strcmp(slash ? slash + 1 : row->path, name) == 0)
                    return true;
            }
    return false;
}

/* Is attribute what chose `element` in the path, as in element[@attribute='…']? */
static bool is_selector(const char *path, const char *element, const char *attribute)
{
    DwStep step;

    while ((path = path_next_step(path, &step)))
        if (strcmp(step.name, element) == 0 && strcmp(step.key, attribute) == 0)
            return true;
    return false;
}

/* Nothing in it, and no attribute that says more than which element it is. */
static bool is_hollow(const DwDocument *document, DwNode node, const char *name, const char *path)
{
    if (!node_is_blank(document, node))
        return false;
    g_auto(GStrv) attributes = node_attribute_names(document, node);
    for (char **attribute = attributes; *attribute; attribute++)
        if (!is_selector(path, name, *attribute))
            return false;
    return true;
}

/* A level that says nothing any more, with the chain's end below it, is the chain's end itself. */
static bool close_level(DwDocument *document, DwNode node)
{
    DwNode end = node_first_child(document, node);

    if (!node_is(document, node, "backingStore") || node_has_attributes(document, node) ||
        end == DW_NODE_NONE || node_next(document, end) != DW_NODE_NONE ||
        !chain_is_terminator(document, end))
        return false;
    node_remove(document, end);
    return true;
}

/* Removes node and its ancestors as far as they are hollow. What was there, empty, before an edit
 * put something into it stays; so do presence settings, devices and the root. */
static void prune(DwDocument *document, DwNode node, const char *path)
{
    while (node != DW_NODE_NONE) {
        DwNode parent = node_parent(document, node);
        g_autofree char *name = node_name(document, node);
        DwOrigin origin = node_origin(document, node);
        if (close_level(document, node) || !is_hollow(document, node, name, path) ||
            parent == DW_NODE_NONE ||
            (strcmp(name, "devices") == 0 && origin != DW_ORIGIN_CREATED) ||
            node_is(document, parent, "devices") || origin == DW_ORIGIN_EMPTY ||
            (origin == DW_ORIGIN_UNKNOWN && is_presence(name)))
            return;
        node_remove(document, node);
        node = parent;
    }
}

static void remove_and_prune(DwDocument *document, DwNode node, const char *path)
{
    DwNode parent = node_parent(document, node);

    node_remove(document, node);
    prune(document, parent, path);
}

static void unset_list(DwDocument *document, DwNode node, const char *path)
{
    DwNode parent = node_parent(document, node);
    g_autofree char *name = node_name(document, node);

    while ((node = node_child(document, parent, name)) != DW_NODE_NONE)
        node_remove(document, node);
    prune(document, parent, path);
}

void place_unset(DwDocument *document, DwNode node, const DwPlace *place)
{
    const DwRow *row = place->row;
    const char *path = place->section->path;
    g_autofree char *whole = g_strconcat(path, *path && *row->path ? "/" : "", row->path, NULL);
    DwNode base = place_base(document, node, place);
    char attribute[64];

    DwNode at = base == DW_NODE_NONE ? base : path_find(document, base, row->path, NULL, attribute);
    if (at == DW_NODE_NONE)
        return;
    if (row->form == DW_FORM_LIST) {
        unset_list(document, at, whole);
    } else if (row->form == DW_FORM_CHAIN_END) {
        at = chain_end(document, at);
        if (chain_is_terminator(document, at))
            remove_and_prune(document, at, whole);
    } else if (row->form == DW_FORM_PCI) {
        for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++)
            node_unset_attribute(document, at, lens_pci_attributes[i].name);
        prune(document, at, whole);
    } else if (!*attribute && node_has_attributes(document, at) &&
               node_origin(document, at) == DW_ORIGIN_EMPTY) {
        node_set_text(document, at, ""); /* attributes alone were there before the text */
    } else if (!*attribute || row->flags & DW_ROW_WHOLE) {
        remove_and_prune(document, at, whole);
    } else if (node_unset_attribute(document, at, attribute)) {
        prune(document, at, whole);
    }
}
