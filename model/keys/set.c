/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting a place: making the elements on its path, and spelling the value there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/key-path.h"
#include "table/value-form.h"

static bool refuse_index(const char *key, unsigned index, unsigned next, GError **error)
{
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Key \"%s\" has index %u; the next free one is %u.", key, index, next);
    return false;
}

/* What ends a chain goes on ending it below the level that now takes its place. */
static DwNode open_level(DwDocument *document, DwNode node)
{
    if (chain_is_terminator(document, node) && node_origin(document, node) != DW_ORIGIN_CREATED)
        node_settle(document, node_add_child(document, node, "backingStore"));
    return node;
}

static DwNode make_step(DwDocument *document, DwNode node, const DwStep *step, const char *key,
                        DwIndexCursor *cursor, GError **error)
{
    bool is_level = step->mode == DW_STEP_LEVEL;
    unsigned index = step_has_index(step) ? cursor->indices->numbers[cursor->used] : 1, have = 0;
    DwNode found = path_follow(document, node, step, cursor);

    if (found != DW_NODE_NONE)
        return is_level ? open_level(document, found) : found;
    if (is_level || step->mode == DW_STEP_POSITION)
        for (DwNode child = step_first(document, node, step); child != DW_NODE_NONE;
             child = step_next(document, child, step)) {
            node = is_level ? child : node;
            have++;
        }
    if (is_level && have > 0 && chain_is_terminator(document, node) &&
        node_origin(document, node) != DW_ORIGIN_CREATED)
        have--;
    if ((is_level || step->mode == DW_STEP_POSITION) && index != have + 1) {
        refuse_index(key, index, have + 1, error);
        return DW_NODE_NONE;
    }
    if (is_level && index > DW_MAX_CHAIN) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "Key \"%s\" is deeper than %d levels of backing files.", key, DW_MAX_CHAIN);
        return DW_NODE_NONE;
    }
    return step_make(document, node, step, cursor->indices, index);
}

/* The element at path, made with all that leads to it. */
static DwNode make(DwDocument *document, DwNode node, const char *path, const DwIndices *indices,
                   const char *key, char ret_attribute[64], GError **error)
{
    DwIndexCursor cursor = {indices, 0};
    DwStep step;

    *ret_attribute = 0;
    while (node != DW_NODE_NONE && (path = path_next_step(path, &step))) {
        if (step.mode == DW_STEP_ATTRIBUTE)
            strcpy(ret_attribute, step.name);
        else
            node = make_step(document, node, &step, key, &cursor, error);
    }
    return node;
}

/* The unit as it was first, else the present one, where the value fits it; else KiB, else bytes. */
static uint64_t choose_unit(DwDocument *document, DwNode node, const DwRow *row,
                            const char *attribute, uint64_t bytes)
{
    g_autofree char *first = node_original_attribute(document, node, "unit");
    g_autofree char *unit = node_attribute(document, node, "unit");
    g_autofree char *there =
        *attribute ? node_attribute(document, node, attribute) : node_text(document, node);
    uint64_t factor = first ? unit_factor(first) : 0, bare = row_unit_factor(row, NULL);

    if (factor && bytes % factor == 0) {
        node_set_attribute(document, node, "unit", first);
        return factor;
    }
    if (node_attribute_is_new(document, node, "unit") && bytes % bare == 0 &&
        node_origin(document, node) != DW_ORIGIN_CREATED) {
        node_unset_attribute(document, node, "unit");
        return bare;
    }
    factor = unit || (there && *there) ? row_unit_factor(row, unit)
                                       : 0; /* new: the unit is always said */
    if (!factor || bytes % factor != 0) {
        factor = bytes % 1024 == 0 ? 1024 : 1;
        node_set_attribute(document, node, "unit", factor == 1 ? "bytes" : "KiB");
    }
    return factor;
}

static void write_text(DwDocument *document, DwNode node, const char *attribute, const char *text)
{
    if (*attribute)
        node_set_attribute(document, node, attribute, text);
    else
        node_set_text(document, node, text);
}

static void write_size(DwDocument *document, DwNode node, const DwRow *row, const char *attribute,
                       uint64_t bytes)
{
    uint64_t factor = choose_unit(document, node, row, attribute, bytes);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)(bytes / factor));

    write_text(document, node, attribute, text);
}

static bool is_number(const char *text, unsigned number)
{
    return text && strtoul(text, NULL, 0) == number;
}

/* A part that means the number already keeps its spelling, or gets back the one it had. */
static void write_pci_part(DwDocument *document, DwNode node, const DwPciAttribute *part,
                           unsigned number, bool is_whole)
{
    g_autofree char *now = node_attribute(document, node, part->name);
    g_autofree char *first = node_original_attribute(document, node, part->name);
    char text[16];

    if (is_number(now, number))
        return;
    if (number == 0 && !is_whole && (!now || node_attribute_is_new(document, node, part->name))) {
        node_unset_attribute(document, node, part->name); /* absent is 0 */
        return;
    }
    g_snprintf(text, sizeof text, "0x%0*x", part->digits, number);
    node_set_attribute(document, node, part->name, is_number(first, number) ? first : text);
}

static void write_pci(DwDocument *document, DwNode node, const char *address)
{
    unsigned parts[4];
    bool is_whole = node_origin(document, node) == DW_ORIGIN_CREATED;

    if (sscanf(address, "%x:%x:%x.%x", &parts[0], &parts[1], &parts[2], &parts[3]) != 4)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++)
        write_pci_part(document, node, &lens_pci_attributes[i], parts[i],
                       is_whole || strcmp(lens_pci_attributes[i].name, "bus") == 0 ||
                           strcmp(lens_pci_attributes[i].name, "slot") == 0);
}

/* node is the first of its name; the words go to it and its siblings in order. */
static void write_list(DwDocument *document, DwNode node, const DwRow *row, const char *attribute,
                       char **words)
{
    DwNode parent = node_parent(document, node), extra;
    DwStep step;

    path_last_element(row->path, &step);
    for (; *words; words++) {
        write_text(document, node, attribute, *words);
        if (!words[1])
            break;
        DwNode next = step_next(document, node, &step);
        node = next == DW_NODE_NONE ? step_make(document, parent, &step, NULL, 0) : next;
    }
    while ((extra = step_next(document, node, &step)) != DW_NODE_NONE)
        node_remove(document, extra);
}

static void write_chain_end(DwDocument *document, DwNode disk)
{
    DwNode end = chain_end(document, disk);

    if (end == disk || !chain_is_terminator(document, end))
        end = node_add_child(document, end, "backingStore");
    node_settle(document, end);
}

static bool same_value(const DwDocument *document, DwNode node, const DwPlace *place,
                       const DwValue *value)
{
    DwValue now;

    if (!place_get(document, node, place, &now))
        return false;
    bool same = dw_value_equal(&now, value);
    dw_value_clear(&now);
    return same;
}

static void write_value(DwDocument *document, DwNode node, const DwRow *row, const char *attribute,
                        const DwValue *value)
{
    switch (row->form) {
    case DW_FORM_PRESENCE:
        node_settle(document, node);
        return;
    case DW_FORM_SIZE:
        write_size(document, node, row, attribute, value->u);
        return;
    case DW_FORM_PCI:
        write_pci(document, node, value->s);
        return;
    case DW_FORM_LIST:
        write_list(document, node, row, attribute, value->v);
        return;
    case DW_FORM_CHAIN_END:
        write_chain_end(document, node);
        return;
    default:
        break;
    }
    g_autofree char *printed = value->type == DW_VALUE_STRING ? NULL : form_print(row, value);
    const char *text = printed ? printed : value->s;
    if (*attribute && row->bare && strcmp(text, row->bare) == 0 &&
        node_attribute_is_new(document, node, attribute) &&
        node_origin(document, node) != DW_ORIGIN_CREATED)
        node_unset_attribute(document, node, attribute); /* as it was */
    else
        write_text(document, node, attribute, text);
}

/* Whether other text can mean the same, as 007 is 7; writing the same text changes nothing anyway.
 */
static bool may_be_spelt_otherwise(DwForm form)
{
    switch (form) {
    case DW_FORM_STRING:
    case DW_FORM_ENUM:
    case DW_FORM_PATH:
    case DW_FORM_UUID:
    case DW_FORM_YESNO:
    case DW_FORM_ONOFF:
    case DW_FORM_PRESENCE:
        return false;
    default:
        return true;
    }
}

static bool holds_text(DwForm form)
{
    return form != DW_FORM_PRESENCE && form != DW_FORM_PCI && form != DW_FORM_CHAIN_END;
}

/* What the new value has no place for: elements round a text, an address of another bus. */
static const char *would_be_lost(const DwDocument *document, DwNode node, const DwPlace *place,
                                 const char *attribute)
{
    bool is_address = place->row->form == DW_FORM_PCI;

    if (!*attribute && holds_text(place->row->form))
        return node_first_child(document, node) != DW_NODE_NONE ? "elements" : NULL;
    if (is_address && node_has_attributes(document, node) && !lens_is_pci(document, node))
        return "an address of another kind";
    if (!is_address && table_row_is_beside_pci(place->row) && lens_is_pci(document, node))
        return "a PCI address";
    return NULL;
}

static bool refuse_loss(const DwDocument *document, DwNode node, const char *key, const char *what,
                        GError **error)
{
    g_autofree char *name = node_name(document, node);

    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Key \"%s\" cannot be set: <%s> holds %s that would be lost; take it away first.",
                key, name, what);
    return false;
}

static bool write_coerced(DwDocument *document, DwNode node, const DwPlace *place, const char *key,
                          const DwValue *value, GError **error)
{
    const DwRow *row = place->row;
    const char *path = place->section->path;
    bool empty = row->form == DW_FORM_LIST && !*value->v;
    bool removes = value->type == DW_VALUE_BOOL && !value->b &&
                   (row->form == DW_FORM_PRESENCE || row->form == DW_FORM_CHAIN_END);
    char attribute[64];

    if (empty || removes) {
        place_unset(document, node, place);
        return true;
    }
    if ((row->bare || may_be_spelt_otherwise(row->form)) &&
        same_value(document, node, place, value))
        return true;
    if (place->section->alternative && lens_find(document, node, path, &place->indices) < 0 &&
        lens_find(document, node, place->section->alternative, &place->indices) >= 0)
        path = place->section->alternative;
    DwNode at = make(document, node, path, &place->indices, key, attribute, error);
    if (at != DW_NODE_NONE)
        at = make(document, at, row->path, NULL, key, attribute, error);
    if (at == DW_NODE_NONE)
        return false;
    const char *lost = would_be_lost(document, at, place, attribute);
    if (lost)
        return refuse_loss(document, at, key, lost, error);
    write_value(document, at, row, attribute, value);
    return true;
}

/* Of a key with two places the one that takes the value; the last one says what is wrong. */
static const DwRow *choose_row(const DwRow *row, const char *key, const DwValue *value)
{
    DwValue coerced;

    for (; row_other(row); row = row_other(row))
        if (form_coerce(row, key, value, &coerced, NULL)) {
            dw_value_clear(&coerced);
            break;
        }
    return row;
}

bool dw_key_value(const char *kind, const char *key, const DwValue *value, DwValue *ret_value,
                  GError **error)
{
    DwPlace place;

    if (!place_find(kind, key, &place))
        return place_unknown(kind, key, error);
    return form_coerce(choose_row(place.row, key, value), key, value, ret_value, error);
}

/* An address of another bus is not this key's. */
static void unset_other(DwDocument *document, DwNode node, const DwPlace *place, const DwRow *row)
{
    DwNode base = place_base(document, node, place);
    DwValue value;

    if (base == DW_NODE_NONE || !row_get(document, base, row, &value))
        return;
    dw_value_clear(&value);
    row_unset(document, node, place, row);
}

/* What libvirt writes may be given back as it is. */
static bool set_output(const DwDocument *document, DwNode node, const DwPlace *place,
                       const char *key, const DwValue *value, GError **error)
{
    DwValue coerced;
    bool same = form_coerce(place->row, key, value, &coerced, NULL);

    if (same) {
        same = same_value(document, node, place, &coerced);
        dw_value_clear(&coerced);
    }
    if (!same)
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Key \"%s\" cannot be set: libvirt writes it of a running domain.", key);
    return same;
}

bool place_set(DwDocument *document, DwNode node, const DwPlace *place, const char *key,
               const DwValue *value, GError **error)
{
    DwPlace chosen = *place;
    DwValue coerced;

    if (place->row->flags & DW_ROW_OUTPUT)
        return set_output(document, node, place, key, value, error);

    chosen.row = choose_row(place->row, key, value);
    if (!form_coerce(chosen.row, key, value, &coerced, error))
        return false;
    for (const DwRow *row = place->row; row; row = row_other(row))
        if (row != chosen.row)
            unset_other(document, node, place, row);
    bool done = write_coerced(document, node, &chosen, key, &coerced, error);
    dw_value_clear(&coerced);
    return done;
}
