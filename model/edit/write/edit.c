/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing and unsetting many keys of one thing, in an order that suits the document. Used by every
 * edit and by the defaults. One document, one thread.
 */
#include "edit/write/edit.h"

#include <string.h>

#include "host/schema-words.h"
#include "keys/devices.h"
#include "problems/problems.h"
#include "table/value-form.h"

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
        if (a->indices.numbers[i] != b->indices.numbers[i])
            return a->indices.numbers[i] < b->indices.numbers[i] ? -1 : 1;
    return strcmp(a->indices.name, b->indices.name);
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

/* Is it a word that the table does not know, but the host's libvirt does? Then its schema has the
 * last word. */
static bool is_word_of_host(const DwHost *host, const char *kind, const Write *write)
{
    const DwRow *row = write->place.row;

    return row->form == DW_FORM_ENUM && write->value->type == DW_VALUE_STRING &&
           !row_accepts(row, write->value->s) &&
           schema_words_have(host->schema_words, kind, write->place.section, row, write->value->s);
}

static bool write_one(const DwEditContext *context, const char *kind, DwNode node,
                      const Write *write, GError **error)
{
    DwDocument *document = context->document;

    if (is_placeholder(&write->place, write->value))
        return keep_secret(document, node, write, error);
    if (is_word_of_host(context->host, kind, write)) {
        DwRow open = *write->place.row;
        DwPlace place = write->place;

        open.values = NULL;
        place.row = &open;
        return place_set(document, node, &place, write->key, write->value, error);
    }
    return place_set(document, node, &write->place, write->key, write->value, error);
}

/* ---- Faults ---- */

static const struct {
    DwErrorCode code;
    const char *rule;
} fault_rules[] = {
    {DW_ERROR_UNKNOWN_KEY, "unknown-key"},
    {DW_ERROR_INVALID_VALUE, "invalid-value"},
    {DW_ERROR_INVALID_XML, "invalid-xml"},
    {DW_ERROR_NOT_FOUND, "not-found"},
    {DW_ERROR_ALREADY_EXISTS, "already-exists"},
    {DW_ERROR_UNSUPPORTED, "unsupported"},
    {DW_ERROR_INVALID, "invalid"},
};

static const char *rule_of(const GError *fault)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fault_rules); i++)
        if (g_error_matches(fault, DW_ERROR, (gint)fault_rules[i].code))
            return fault_rules[i].rule;
    return NULL;
}

DwErrorCode edit_fault_code(const DwEditContext *context)
{
    const DwProblem *fault = context->faults->pdata[0];
    size_t i = 0;

    while (strcmp(fault->rule, fault_rules[i].rule) != 0)
        i++;
    return fault_rules[i].code;
}

const DwValue *edit_given_id(const DwEdit *edit)
{
    const DwGroup *group = table_group(edit->kind);
    g_autofree char *key = group ? group_id_key(group) : NULL;

    return key ? dw_settings_get(edit->values, key) : NULL;
}

static bool is_secret(const char *kind, const char *key)
{
    DwPlace place;

    return place_find(kind, key, &place) && (place.row->flags & DW_ROW_SECRET);
}

static char *show_value(const char *kind, const char *key, const DwValue *value)
{
    return is_secret(kind, key) ? g_strdup(DW_SECRET_PLACEHOLDER) : dw_value_to_text(value);
}

char *edit_name(const DwEdit *edit)
{
    const DwValue *given = edit->verb == DW_VERB_ADD ? edit_given_id(edit) : NULL;

    if (!*edit->kind)
        return NULL;
    if (given || *edit->id) {
        g_autofree char *id = given ? dw_value_to_text(given) : g_strdup(edit->id);
        g_autofree char *shown = problem_shown(id);
        return g_strconcat(edit->kind, "/", shown, NULL);
    }
    if (dw_settings_count(edit->values) == 0)
        return g_strdup(edit->kind);
    const char *key = dw_settings_key(edit->values, 0);
    g_autofree char *value = show_value(edit->kind, key, dw_settings_value(edit->values, 0));
    g_autofree char *shown = problem_shown(value), *shown_key = problem_shown(key);
    return g_strdup_printf("%s %s=%s", edit->kind, shown_key, shown);
}

/* A list that the message speaks of, for who completes or corrects. */
static char **allowed_values(const char *kind, const char *key, const GError *fault)
{
    DwPlace place;

    return g_error_matches(fault, DW_ERROR, DW_ERROR_INVALID_VALUE) && *key &&
                   place_find(kind, key, &place)
               ? row_values(place.row)
               : NULL;
}

static bool is_told(const GPtrArray *faults, const DwProblem *fault)
{
    for (guint i = 0; i < faults->len; i++) {
        const DwProblem *other = faults->pdata[i];
        if (other->edit == fault->edit && strcmp(other->message, fault->message) == 0)
            return true;
    }
    return false;
}

bool edit_fault(DwEditContext *context, const char *kind, const char *key, const DwValue *value,
                GError *fault, GError **error)
{
    const DwEdit *edit = context->edit;
    const char *rule = rule_of(fault);
    const DwValue *given = edit->verb == DW_VERB_ADD ? edit_given_id(edit) : NULL;

    if (!rule) {
        g_propagate_error(error, fault);
        return false;
    }
    g_autofree char *id = given ? dw_value_to_text(given) : g_strdup(edit->id);
    g_autofree char *text = value ? show_value(kind, key, value) : NULL;
    g_auto(GStrv) allowed = allowed_values(kind, key, fault);
    bool is_device = *kind && strcmp(kind, edit->kind) == 0;
    problems_add(context->faults, rule, DW_SEVERITY_ERROR, kind, is_device ? id : NULL, key, text,
                 (const char *const *)allowed, g_strdup(fault->message));
    DwProblem *problem = g_ptr_array_steal_index(context->faults, context->faults->len - 1);
    problem->edit = context->number;
    if (is_told(context->faults, problem))
        dw_problem_free(problem);
    else
        g_ptr_array_add(context->faults, problem);
    g_error_free(fault);
    return true;
}

static bool fault_unknown(DwEditContext *context, const char *kind, const char *key, GError **error)
{
    GError *fault = NULL;

    place_unknown(kind, key, &fault);
    return edit_fault(context, kind, key, NULL, fault, error);
}

bool edit_write(DwEditContext *context, const char *kind, DwNode node, const DwSettings *values,
                GError **error)
{
    g_autoptr(GArray) writes = writes_new(dw_settings_count(values));

    for (size_t i = 0; i < dw_settings_count(values); i++) {
        const char *key = dw_settings_key(values, i);
        Write write = {.key = key, .value = dw_settings_value(values, i)};
        if (place_find(kind, key, &write.place))
            g_array_append_val(writes, write);
        else if (!fault_unknown(context, kind, key, error))
            return false;
    }
    g_array_sort(writes, compare_for_writing);
    for (guint i = 0; i < writes->len; i++) {
        const Write *write = &g_array_index(writes, Write, i);
        GError *fault = NULL;
        if (!write_one(context, kind, node, write, &fault) &&
            !edit_fault(context, kind, write->key, write->value, fault, error))
            return false;
    }
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

/* What is to be unset, in the order of doing it; NULL: it cannot be. */
static GArray *find_unset(DwEditContext *context, const char *kind, DwNode node,
                          const char *const *unset, GError **error)
{
    g_autoptr(GArray) writes = writes_new(0);

    for (; *unset; unset++) {
        Write write = {.order = writes->len};
        if (key_is_group(*unset)) {
            GError *fault = NULL;
            g_autofree char *prefix = key_group_prefix(kind, *unset, &fault);
            if (prefix)
                collect_group(context->document, kind, node, prefix, writes);
            else if (!edit_fault(context, kind, *unset, NULL, fault, error))
                return NULL;
            continue;
        }
        write.key = *unset;
        if (place_find(kind, *unset, &write.place))
            g_array_append_val(writes, write);
        else if (!fault_unknown(context, kind, *unset, error))
            return NULL;
    }
    g_array_sort(writes, compare_for_unsetting);
    return g_steal_pointer(&writes);
}

static void unset_all(const DwEditContext *context, DwNode node, const GArray *writes)
{
    for (guint i = 0; i < writes->len; i++)
        place_unset(context->document, node, &g_array_index(writes, Write, i).place);
}

bool edit_unset(DwEditContext *context, const char *kind, DwNode node, const char *const *unset,
                GError **error)
{
    g_autoptr(GArray) writes = find_unset(context, kind, node, unset, error);

    if (writes)
        unset_all(context, node, writes);
    return writes != NULL;
}

bool edit_unset_asked(DwEditContext *context, DwNode node, GError **error)
{
    const DwEdit *edit = context->edit;
    g_autoptr(GArray) writes =
        find_unset(context, edit->kind, node, (const char *const *)edit->unset, error);

    if (!writes || writes->len == 0)
        return writes != NULL;
    context->gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < writes->len; i++) {
        const Write *write = &g_array_index(writes, Write, i);
        DwValue value;

        if (!place_get(context->document, node, &write->place, &value))
            continue;
        g_hash_table_insert(context->gone, g_strdup(write->key), dw_value_to_text(&value));
        dw_value_clear(&value);
    }
    unset_all(context, node, writes);
    return true;
}

/* ---- Notes ---- */

DwNode edit_find(const DwEditContext *context, const char *kind, const char *id, GError **error)
{
    const char *moved = context->moved && strcmp(kind, "disk") == 0
                            ? g_hash_table_lookup(context->moved, id)
                            : NULL;
    DwNode node = device_find(context->document, kind, id, moved ? NULL : error);

    return node != DW_NODE_NONE || !moved ? node
                                          : device_find(context->document, kind, moved, error);
}

void edit_move(DwEditContext *context, const char *old, const char *now)
{
    if (!context->moved)
        context->moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(context->moved, g_strdup(old), g_strdup(now));
}

void edit_note(DwEditContext *context, const char *rule, DwSeverity severity, const char *kind,
               const char *id, const char *key, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    problems_add(context->problems, rule, severity, kind, id, key, NULL, NULL,
                 g_strdup_vprintf(format, arguments));
    va_end(arguments);
    ((DwProblem *)context->problems->pdata[context->problems->len - 1])->edit = context->number;
}
