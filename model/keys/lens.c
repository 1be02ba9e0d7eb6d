/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading through paths, sections and rows. Changes nothing. */
#include <string.h>

#include "keys/key-path.h"
#include "table/value-form.h"

char *lens_text(const DwDocument *document, DwNode node, const char *path, const DwIndices *indices)
{
    const char *attribute;

    node = path_find(document, node, path, indices, &attribute);
    if (node == DW_NODE_NONE)
        return NULL;
    return *attribute ? node_attribute(document, node, attribute) : node_text(document, node);
}

bool lens_is(const DwDocument *document, DwNode node, const char *path, const char *value)
{
    const char *attribute;

    node = path_find(document, node, path, NULL, &attribute);
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
    DwNode base = lens_find(document, node, section->path, &place->indices);

    if (base == DW_NODE_NONE && section->alternative)
        base = lens_find(document, node, section->alternative, &place->indices);
    return base;
}

/* Takes note of a child as what stands for the k-th index; false when no key names it. */
static bool note_index(const DwDocument *document, DwPlace *place, const DwStep *step, unsigned k)
{
    return step_index_of(document, place->at[k], step, place->positions[k],
                         &place->indices.numbers[k], place->indices.name) &&
           place->indices.numbers[k] >= place->section->first;
}

/* The next like place->at[k], or DW_NODE_NONE. */
static DwNode next_like(const DwDocument *document, DwPlace *place, const DwStep *step, unsigned k)
{
    place->at[k] = step_next(document, place->at[k], step);
    place->positions[k]++;
    return place->at[k];
}

static DwNode descend(const DwDocument *document, DwNode node, const char *path, DwPlace *place,
                      unsigned k);

/* What the rest of the path leads to from place->at[k] or the first of its like after it. */
static DwNode descend_from(const DwDocument *document, const char *path, DwPlace *place,
                           const DwStep *step, unsigned k)
{
    for (; place->at[k] != DW_NODE_NONE; next_like(document, place, step, k)) {
        if (!note_index(document, place, step, k))
            continue;
        DwNode base = descend(document, place->at[k], path, place, k + 1);
        if (base != DW_NODE_NONE)
            return base;
    }
    return DW_NODE_NONE;
}

/* The first element that path leads to from node; k is the number of indices before it. */
static DwNode descend(const DwDocument *document, DwNode node, const char *path, DwPlace *place,
                      unsigned k)
{
    DwStep step;

    while (node != DW_NODE_NONE && (path = path_next_step(path, &step))) {
        if (step_has_index(&step)) {
            place->at[k] = step_first(document, node, &step);
            place->positions[k] = 0;
            return descend_from(document, path, place, &step, k);
        }
        node = path_follow(document, node, &step, &(DwIndexCursor){NULL, 0});
    }
    place->n_indices = k;
    return node;
}

/* What follows the k-th step with an index, and that step. */
static const char *path_after_index(const char *path, unsigned k, DwStep *step)
{
    while ((path = path_next_step(path, step)))
        if (step_has_index(step) && k-- == 0)
            return path;
    return NULL;
}

static DwNode advance(const DwDocument *document, DwPlace *place)
{
    for (unsigned k = place->n_indices; k-- > 0;) {
        DwStep step;
        const char *path = path_after_index(place->path, k, &step);
        next_like(document, place, &step, k);
        DwNode base = descend_from(document, path, place, &step, k);
        if (base != DW_NODE_NONE)
            return base;
    }
    return DW_NODE_NONE;
}

uint64_t path_beginning(const char *path)
{
    const char *end = path;

    while (*end && *end != ':' && *end != '/' && *end != '[')
        end++;
    return !*path        ? UINT64_MAX
           : *end == ':' ? DW_BEGINNING_FOREIGN
                         : name_beginning(path + (*path == '@'));
}

bool path_may_begin(uint64_t beginnings, const char *path)
{
    return !*path || beginnings_may_have(beginnings, path + (*path == '@')) ||
           (beginnings & DW_BEGINNING_FOREIGN && beginnings & path_beginning(path));
}

static DwNode enter_section(const DwDocument *document, DwNode node, DwPlace *place)
{
    bool has_index = strchr(place->section->key, 'N');

    place->path = place->section->path;
    place->n_indices = 0;
    if (!has_index)
        return place_base(document, node, place);
    DwNode base = descend(document, node, place->path, place, 0);
    if (base != DW_NODE_NONE || !place->section->alternative)
        return base;
    place->path = place->section->alternative;
    return descend(document, node, place->path, place, 0);
}

/* Whether looking at the node once spares looking for sections. */
static bool has_several(const DwGroup *group)
{
    return group->sections->key && group->sections[1].key;
}

bool place_next_section(const DwDocument *document, DwNode node, const DwGroup *group,
                        DwPlace *place, DwNode *ret_base)
{
    if (!place->section)
        place->beginnings = has_several(group) ? node_beginnings(document, node) : UINT64_MAX;
    else if ((*ret_base = advance(document, place)) != DW_NODE_NONE)
        return true;
    for (;;) {
        place->section = place->section ? place->section + 1 : group->sections;
        if (!place->section->key)
            return false;
        if (!place->section->alternative &&
            !path_may_begin(place->beginnings, place->section->path))
            continue;
        *ret_base = enter_section(document, node, place);
        if (*ret_base != DW_NODE_NONE)
            return true;
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
bool lens_is_pci(const DwDocument *document, DwNode node)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++) {
        const char *name = lens_pci_attributes[i].name;
        g_autofree char *text = strcmp(name, "bus") ? node_attribute(document, node, name) : NULL;
        if (text)
            return true;
    }
    return false;
}

bool lens_is_part_of_pci(const DwDocument *document, DwNode node, const DwRow *row,
                         const char *attribute)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++)
        if (strcmp(lens_pci_attributes[i].name, attribute) == 0)
            return table_row_is_beside_pci(row) && lens_is_pci(document, node);
    return false;
}

static char **read_list(const DwDocument *document, DwNode node, const DwStep *step,
                        const char *attribute)
{
    GPtrArray *words = g_ptr_array_new();

    for (; node != DW_NODE_NONE; node = step_next(document, node, step)) {
        char *word =
            *attribute ? node_attribute(document, node, attribute) : node_text(document, node);
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
    uint64_t factor = row_unit_factor(row, unit);

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
    const char *attribute;
    DwNode node = path_find(document, base, row->path, NULL, &attribute);
    DwStep last;

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
        if (!lens_is_pci(document, node))
            return false;
        *ret_value = (DwValue){.type = DW_VALUE_STRING, .s = read_pci(document, node)};
        return true;
    case DW_FORM_LIST:
        path_last_element(row->path, &last);
        *ret_value =
            (DwValue){.type = DW_VALUE_STRINGS, .v = read_list(document, node, &last, attribute)};
        return true;
    default:
        break;
    }
    g_autofree char *text =
        *attribute ? node_attribute(document, node, attribute) : read_text(document, node);
    if (!text)
        text = g_strdup(row->bare);
    if (!text || lens_is_part_of_pci(document, node, row, attribute))
        return false;
    if (row->form == DW_FORM_SIZE)
        return read_size(document, node, row, text, ret_value);
    if (*form_signature(row->form) == DW_VALUE_STRING)
        *ret_value = (DwValue){.type = DW_VALUE_STRING, .s = g_steal_pointer(&text)};
    else
        form_parse(row, text, ret_value);
    return true;
}

bool place_get(const DwDocument *document, DwNode node, const DwPlace *place, DwValue *ret_value)
{
    DwNode base = place_base(document, node, place);

    for (const DwRow *row = place->row; row && base != DW_NODE_NONE; row = row_other(row))
        if (row_get(document, base, row, ret_value))
            return true;
    return false;
}
