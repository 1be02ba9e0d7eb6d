/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading through paths, sections and rows. Changes nothing. */
#include <string.h>

#include "forms.h"
#include "path.h"

char *lens_text(const DwDocument *document, DwNode node, const char *path, const unsigned *indices)
{
    char attribute[64];

    node = path_find(document, node, path, indices, attribute);
    if (node == DW_NODE_NONE)
        return NULL;
    return *attribute ? node_attribute(document, node, attribute) : node_text(document, node);
}

bool lens_is(const DwDocument *document, DwNode node, const char *path, const char *value)
{
    char attribute[64];

    node = path_find(document, node, path, NULL, attribute);
    if (node == DW_NODE_NONE)
        return false;
    if (*attribute)
        return node_attribute_is(document, node, attribute, value);
    g_autofree char *text = node_text(document, node);
    return strcmp(text, value) == 0;
}

bool lens_number(const DwDocument *document, DwNode node, const char *path, uint64_t *ret_number)
{
    static const DwRow row = {.form = DW_FORM_UINT64};
    g_autofree char *text = lens_text(document, node, path, NULL);
    DwValue value;

    if (!text)
        return false;
    bool fits = form_parse(&row, text, &value);
    if (fits)
        *ret_number = value.u;
    dw_value_clear(&value);
    return fits;
}

/* ---- Sections ---- */

DwNode place_base(const DwDocument *document, DwNode node, const DwPlace *place)
{
    const DwSection *section = place->section;
    DwNode base = lens_find(document, node, section->path, place->indices);

    if (base == DW_NODE_NONE && section->alternative)
        base = lens_find(document, node, section->alternative, place->indices);
    return base;
}

static unsigned count_indices(const char *path)
{
    unsigned n = 0;

    for (const char *p = path; *p; p++)
        n += strncmp(p, "[N]", 3) == 0 || strncmp(p, "^N", 2) == 0;
    return n;
}

/* Does the element of the path's k-th index (from 0) exist? */
static bool index_exists(const DwDocument *document, DwNode node, const DwPlace *place, unsigned k)
{
    const char *end = place->section->path;

    for (unsigned seen = 0; *end && seen <= k; end++)
        seen += strncmp(end, "[N]", 3) == 0 || strncmp(end, "^N", 2) == 0;
    end += strcspn(end, "/");
    g_autofree char *prefix = g_strndup(place->section->path, end - place->section->path);
    return lens_find(document, node, prefix, place->indices) != DW_NODE_NONE;
}

/* Moves to the next tuple of indices for which there is an element. */
static bool next_tuple(const DwDocument *document, DwNode node, DwPlace *place, unsigned k)
{
    for (;;) {
        if (!index_exists(document, node, place, k)) {
            if (k == 0)
                return false;
            place->indices[--k]++;
        } else if (k + 1 == place->n_indices) {
            return true;
        } else {
            place->indices[++k] = 1;
        }
    }
}

static bool enter_section(const DwDocument *document, DwNode node, DwPlace *place)
{
    place->n_indices = count_indices(place->section->path);
    if (place->n_indices == 0)
        return true;
    place->indices[0] = 1;
    return next_tuple(document, node, place, 0);
}

static bool advance(const DwDocument *document, DwNode node, DwPlace *place)
{
    if (place->n_indices == 0)
        return false;
    place->indices[place->n_indices - 1]++;
    return next_tuple(document, node, place, place->n_indices - 1);
}

bool place_next_section(const DwDocument *document, DwNode node, const DwGroup *group,
                        DwPlace *place, DwNode *ret_base)
{
    bool more = place->section && advance(document, node, place);

    for (;;) {
        if (!more) {
            place->section = place->section ? place->section + 1 : group->sections;
            if (!place->section || !place->section->key)
                return false;
            if (!enter_section(document, node, place))
                continue;
        }
        *ret_base = place_base(document, node, place);
        if (*ret_base != DW_NODE_NONE)
            return true;
        more = advance(document, node, place);
    }
}

/* ---- Reading ---- */

/* An empty <backingStore/> where a chain ends. */
bool chain_is_terminator(const DwDocument *document, DwNode node)
{
    return node_is(document, node, "backingStore") && node_is_blank(document, node) &&
           !node_has_attributes(document, node);
}

DwNode chain_end(const DwDocument *document, DwNode disk)
{
    DwNode node = disk, child;

    while ((child = node_child(document, node, "backingStore")) != DW_NODE_NONE)
        node = child;
    return node;
}

const DwPciAttribute lens_pci_attributes[4] = {
    {"domain", 4}, {"bus", 2}, {"slot", 2}, {"function", 1}};

static char *read_pci(const DwDocument *document, DwNode node)
{
    unsigned parts[4] = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++) {
        g_autofree char *text = node_attribute(document, node, lens_pci_attributes[i].name);
        parts[i] = text ? strtoul(text, NULL, 0) : 0;
    }
    return g_strdup_printf("%04x:%02x:%02x.%x", parts[0], parts[1], parts[2], parts[3]);
}

/* Addresses on other buses have a bus, too. */
static bool is_pci(const DwDocument *document, DwNode node)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++) {
        const char *name = lens_pci_attributes[i].name;
        g_autofree char *text = strcmp(name, "bus") ? node_attribute(document, node, name) : NULL;
        if (text)
            return true;
    }
    return false;
}

static char **read_list(const DwDocument *document, DwNode node, const char *attribute)
{
    GPtrArray *words = g_ptr_array_new();

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        char *word = node_attribute(document, node, attribute);
        if (word)
            g_ptr_array_add(words, word);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, false);
}

static bool read_size(const DwDocument *document, DwNode node, const DwRow *row, const char *text,
                      DwValue *ret_value)
{
    g_autofree char *unit = node_attribute(document, node, "unit");
    uint64_t factor = unit_factor(unit);

    if (!form_parse(row, text, ret_value))
        return true;
    if (factor && ret_value->u <= UINT64_MAX / factor)
        ret_value->u *= factor;
    else
        *ret_value = (DwValue){.type = DW_VALUE_STRING,
                               .s = g_strdup_printf("%s %s", text, unit ? unit : "")};
    return true;
}

/* Element text: nothing there is no value when the element has something else to say. */
static char *read_text(const DwDocument *document, DwNode node)
{
    char *text = node_text(document, node);
    bool blank = strspn(text, " \t\r\n") == strlen(text);

    if (blank &&
        (node_has_attributes(document, node) || node_first_child(document, node) != DW_NODE_NONE)) {
        g_free(text);
        return NULL;
    }
    return text;
}

bool row_get(const DwDocument *document, DwNode base, const DwRow *row, DwValue *ret_value)
{
    char attribute[64];
    DwNode node = path_find(document, base, row->path, NULL, attribute);

    if (node == DW_NODE_NONE)
        return false;
    switch (row->form) {
    case DW_FORM_PRESENCE:
        *ret_value = dw_value_bool(true);
        return true;
    case DW_FORM_CHAIN_END:
        *ret_value = dw_value_bool(true);
        return chain_is_terminator(document, chain_end(document, node));
    case DW_FORM_PCI:
        if (!is_pci(document, node))
            return false;
        *ret_value = (DwValue){.type = DW_VALUE_STRING, .s = read_pci(document, node)};
        return true;
    case DW_FORM_LIST:
        *ret_value = (DwValue){.type = DW_VALUE_STRINGS, .v = read_list(document, node, attribute)};
        return true;
    default:
        break;
    }
    g_autofree char *text =
        *attribute ? node_attribute(document, node, attribute) : read_text(document, node);
    if (!text)
        return false;
    if (row->form == DW_FORM_SIZE)
        return read_size(document, node, row, text, ret_value);
    form_parse(row, text, ret_value);
    return true;
}

bool place_get(const DwDocument *document, DwNode node, const DwPlace *place, DwValue *ret_value)
{
    DwNode base = place_base(document, node, place);

    return base != DW_NODE_NONE && row_get(document, base, place->row, ret_value);
}
