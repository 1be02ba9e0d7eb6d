/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing and unsetting many keys of one thing, in an order that suits the document. Which edits
 * there are is verbs.c; whether their outcome stands is apply.c.
 */
#include <string.h>

#include "edit.h"
#include "forms.h"

/* ---- Keys to places ---- */

typedef struct {
    DwPlace place;
    const char *key;
    char *owned_key;      /* where the key is made here */
    const DwValue *value; /* NULL when unsetting */
    size_t order;         /* of its row in the table */
} Write;

static void write_clear(gpointer data)
{
    g_free(((Write *)data)->owned_key);
}

static GArray *writes_new(size_t expected)
{
    GArray *writes = g_array_sized_new(false, false, sizeof(Write), expected);

    g_array_set_clear_func(writes, write_clear);
    return writes;
}

static int compare_indices(const DwPlace *a, const DwPlace *b)
{
    for (unsigned i = 0; i < MIN(a->n_indices, b->n_indices); i++)
        if (a->indices[i] != b->indices[i])
            return a->indices[i] < b->indices[i] ? -1 : 1;
    return 0;
}

/* The table's order, so that attributes and indices come in libvirt's. */
static int compare_for_writing(const void *a, const void *b)
{
    const Write *x = a, *y = b;

    if (x->place.section != y->place.section)
        return x->place.section < y->place.section ? -1 : 1;
    int by_index = compare_indices(&x->place, &y->place);
    return by_index ? by_index : (x->place.row > y->place.row) - (x->place.row < y->place.row);
}

/* Higher indices first: taking one away moves those behind it. */
static int compare_for_unsetting(const void *a, const void *b)
{
    const Write *x = a, *y = b;
    int by_index = compare_indices(&y->place, &x->place);

    if (by_index == 0 && x->place.n_indices != y->place.n_indices)
        return x->place.n_indices > y->place.n_indices ? -1 : 1;
    return by_index ? by_index : (x->order > y->order) - (x->order < y->order);
}

/* The placeholder coming in means what is there already. */
static bool is_placeholder(const DwPlace *place, const DwValue *value)
{
    return (place->row->flags & DW_ROW_SECRET) && value->type == DW_VALUE_STRING &&
           strcmp(value->s, DW_SECRET_PLACEHOLDER) == 0;
}

static bool keep_secret(const DwDocument *document, DwNode node, const Write *write, GError **error)
{
    DwValue value;

    if (place_get(document, node, &write->place, &value)) {
        dw_value_clear(&value);
        return true;
    }
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Key \"%s\" cannot be \"%s\": that keeps the secret there is, and there is none.",
                write->key, DW_SECRET_PLACEHOLDER);
    return false;
}

static bool write_one(DwDocument *document, DwNode node, const Write *write, GError **error)
{
    return is_placeholder(&write->place, write->value)
               ? keep_secret(document, node, write, error)
               : place_set(document, node, &write->place, write->key, write->value, error);
}

bool edit_write(DwEditContext *context, const char *kind, DwNode node, const DwSettings *values,
                GError **error)
{
    g_autoptr(GArray) writes = writes_new(dw_settings_count(values));

    for (size_t i = 0; i < dw_settings_count(values); i++) {
        const char *key = dw_settings_key(values, i);
        Write write = {.value = dw_settings_value(values, i)};
        if (!place_find(kind, key, &write.place))
            return place_unknown(kind, key, error);
        write.key = key;
        g_array_append_val(writes, write);
    }
    g_array_sort(writes, compare_for_writing);
    for (guint i = 0; i < writes->len; i++)
        if (!write_one(context->document, node, &g_array_index(writes, Write, i), error))
            return false;
    return true;
}

/* Adds the places present in node whose key begins with prefix. */
static void collect_group(const DwDocument *document, const char *kind, DwNode node,
                          const char *prefix, GArray *writes)
{
    const DwGroup *group = table_group(kind);
    DwPlace place = {0};
    DwNode base;

    while (group && place_next_section(document, node, group, &place, &base))
        for (const DwRow *row = place.section->rows; row->key; row++) {
            DwValue value;
            if (!row_get(document, base, row, &value))
                continue;
            dw_value_clear(&value);
            place.row = row;
            char *key = place_key(&place);
            Write write = {.place = place, .key = key, .owned_key = key, .order = writes->len};
            if (g_str_has_prefix(key, prefix))
                g_array_append_val(writes, write);
            else
                g_free(key);
        }
}

bool edit_unset(DwEditContext *context, const char *kind, DwNode node, const char *const *unset,
                GError **error)
{
    g_autoptr(GArray) writes = writes_new(0);

    for (; *unset; unset++) {
        Write write = {.order = writes->len};
        if (key_is_group(*unset)) {
            g_autofree char *prefix = key_group_prefix(kind, *unset, error);
            if (!prefix)
                return false;
            collect_group(context->document, kind, node, prefix, writes);
            continue;
        }
        if (!place_find(kind, *unset, &write.place))
            return place_unknown(kind, *unset, error);
        write.key = *unset;
        g_array_append_val(writes, write);
    }
    g_array_sort(writes, compare_for_unsetting);
    for (guint i = 0; i < writes->len; i++)
        place_unset(context->document, node, &g_array_index(writes, Write, i).place);
    return true;
}

/* ---- Notes ---- */

void edit_note(DwEditContext *context, const char *rule, DwSeverity severity, const char *kind,
               const char *id, const char *key, const char *format, ...)
{
    DwProblem *problem = g_new0(DwProblem, 1);
    va_list arguments;

    va_start(arguments, format);
    problem->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    problem->rule = g_strdup(rule);
    problem->severity = severity;
    problem->kind = g_strdup(kind);
    problem->id = g_strdup(id);
    problem->key = g_strdup(key);
    problem->value = g_strdup("");
    problem->allowed = g_new0(char *, 1);
    g_ptr_array_add(context->problems, problem);
}
