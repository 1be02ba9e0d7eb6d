/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rule that holds each key against its row: does the value parse as its form, is it among the
 * row's values and in its range, and does the host's libvirt know it? Run for the domain and for
 * each device.
 */
#include "rules/tables.h"

#include <pthread.h>
#include <string.h>

#include "common/words.h"
#include "host/schema-words.h"
#include "keys/key-path.h"
#include "table/value-form.h"

/* "needs libvirt 9.2.0; this host has 9.0.0." */
static char *lack_of_version(const DwRuleContext *context, const char *since)
{
    uint64_t has = context->host->libvirt_version;

    return g_strdup_printf("needs libvirt %s; this host has %u.%u.%u.", since,
                           (unsigned)(has / 1000000), (unsigned)(has / 1000 % 1000),
                           (unsigned)(has % 1000));
}

static void report_version(DwRuleContext *context, const char *key, const char *value,
                           const char *since)
{
    g_autofree char *lack = lack_of_version(context, since);

    rule_report(context, "host-version", DW_SEVERITY_ERROR, key, value, NULL, "%s%s%s %s Unset it.",
                key, value ? " " : "", value ? value : "", lack);
}

/* The version after '@' of one of the row's values, or NULL. */
static char *value_since(const DwRow *row, const char *value)
{
    size_t length = strlen(value);

    for (const char *word = row->values; *word; word += strspn(word, " ")) {
        size_t n = strcspn(word, " ");

        if (n > length && word[length] == '@' && strncmp(word, value, length) == 0)
            return g_strndup(word + length + 1, n - length - 1);
        word += n;
    }
    return NULL;
}

/* is_new: the row needs a later version than the host's. */
static void check_version(DwRuleContext *context, const DwPlace *place, bool is_new,
                          const DwValue *value)
{
    const DwRow *row = place->row;
    uint64_t has = context->host->libvirt_version;

    if (is_new) {
        g_autofree char *key = place_key(place);
        report_version(context, key, NULL, row_since(place->section, row));
    } else if (has && row->values && value->type == DW_VALUE_STRING && strchr(row->values, '@')) {
        g_autofree char *newer = value_since(row, value->s);
        if (newer && version_number(newer) > has) {
            g_autofree char *key = place_key(place);
            report_version(context, key, value->s, newer);
        }
    }
}

/* Most values: of their type, and with nothing more to be checked. Other hypervisors have other
 * paths: "[storage] a.vmdk". */
static bool is_plain(const DwRuleContext *context, const DwRow *row, const DwValue *value)
{
    if (value->type != (DwValueType)*form_signature(row->form))
        return false;
    if (value->type == DW_VALUE_UINT || value->type == DW_VALUE_UINT64)
        return value->u >= row->min && (!row->max || value->u <= row->max);
    return value->type == DW_VALUE_BOOL ||
           (row->form == DW_FORM_PATH && (*value->s == '/' || !context->guest.is_qemu)) ||
           row->form == DW_FORM_STRING || (row->form == DW_FORM_ENUM && row_accepts(row, value->s));
}

/* Digits, however many, without a sign. */
static bool is_number(const DwValue *value)
{
    if (value->type == DW_VALUE_INT)
        return value->i >= 0;
    return value->type != DW_VALUE_STRING ||
           (*value->s && strspn(value->s, "0123456789") == strlen(value->s));
}

/* Attributes that libvirt reads as a number of 32 bits or refuses; of others it takes what is left.
 */
static bool is_too_large(const DwRuleContext *context, const DwRow *row, const DwValue *value)
{
    if (value->type != DW_VALUE_STRING || row->form != DW_FORM_UINT)
        return false;
    /* Of a card that is not virtio's it reads no options. */
    if (g_str_equal(context->kind, "interface") &&
        words_have("@queues @rx_queue_size @tx_queue_size", row->path)) {
        g_autofree char *model = rule_text(context, context->node, "model/@type");
        return rule_is_virtio_card(context) || (model && g_str_has_prefix(model, "virtio"));
    }
    return words_have("blockio/@logical_block_size blockio/@physical_block_size "
                      "target/@rotation_rate",
                      row->path);
}

/* Is it of a device, or of a server, that there is not? */
static bool is_unread(const DwRuleContext *context, const DwRow *row)
{
    return (g_str_has_prefix(row->path, "acpi/") && rule_is_unread(context, context->node)) ||
           (g_str_has_prefix(row->path, "binary/") &&
            !rule_is(context, context->node, "driver/@type", "virtiofs"));
}

/* Does libvirt take from a document what no edit would write? */
static bool is_taken(const DwRuleContext *context, const DwRow *row, const DwValue *value)
{
    if (row->flags & DW_ROW_FREE)
        return true;
    return (row->flags & DW_ROW_LAX || is_unread(context, row)) &&
           (row->form == DW_FORM_PATH || (is_number(value) && !is_too_large(context, row, value)));
}

static DwSeverity value_severity(const DwRuleContext *context, const DwRow *row,
                                 const DwValue *value)
{
    /* Other hypervisors have words of their own. */
    if (row->form == DW_FORM_ENUM && !context->guest.is_qemu)
        return DW_SEVERITY_INFO;
    return is_taken(context, row, value) ? DW_SEVERITY_WARNING : DW_SEVERITY_ERROR;
}

/* An element without text, which says nothing. */
static bool is_blank(const DwRow *row, const DwValue *value)
{
    return row->form == DW_FORM_PATH && !*value->s && !strchr(row->path, '@');
}

static void check_form(DwRuleContext *context, const DwPlace *place, const DwValue *value)
{
    const DwRow *row = place->row;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *key = NULL;
    g_auto(GStrv) allowed = NULL;
    DwSeverity severity = value_severity(context, row, value);
    DwValue coerced;

    if (is_plain(context, row, value) || is_blank(row, value))
        return;
    key = place_key(place);
    if (value->type == (DwValueType)*form_signature(row->form)) {
        if (form_coerce(row, key, value, &coerced, &error)) {
            dw_value_clear(&coerced);
            if (row->form != DW_FORM_PATH)
                return;
        }
    }
    text = row->flags & DW_ROW_SECRET ? g_strdup(DW_SECRET_PLACEHOLDER) : dw_value_to_text(value);
    allowed = row->values ? row_values(row) : NULL;
    if (schema_words_have(context->host->schema_words, context->kind, place->section, row, text))
        rule_report(context, "value", DW_SEVERITY_INFO, key, text, (const char *const *)allowed,
                    "%s is \"%s\", which is not known here, but the libvirt of this host has that "
                    "word.",
                    key, text);
    else if (error)
        rule_report(context, "value", severity, key, text, (const char *const *)allowed, "%s",
                    error->message);
    else
        rule_report(context, "value", severity, key, text, (const char *const *)allowed,
                    "%s is \"%s\", which is not of form %s; correct or unset it.", key, text,
                    form_name(row->form));
}

/* ---- Which rows are asked for ---- */

/* What a path cannot lead to anything without: one of the beginnings of names in the element it
 * starts from, and its last name anywhere below. */
typedef struct {
    uint64_t beginning;
    int last; /* a bit of a name filter; -1: the path is that element itself */
} PathNames;

typedef struct {
    const DwRow *row;
    PathNames names;
    bool is_free;   /* any text will do, and of an element that is there no more can be asked */
    uint64_t since; /* version that the row needs, or 0 */
} AskedRow;

typedef struct {
    DwSection section[2]; /* and the end of a group that has no other */
    PathNames names;
    GArray *rows; /* of AskedRow */
} AskedSection;

/* The table as these rules read it, made once: a GArray of AskedSection for each kind. */
static GHashTable *asked_kinds;

static PathNames path_names(const char *path)
{
    const char *last = *path == '@' ? path : strrchr(path, '/');
    PathNames names = {.beginning = UINT64_MAX, .last = -1};

    if (!*path)
        return names;
    names.beginning = path_beginning(path);
    last = last ? last : path;
    last += *last == '/';
    last += *last == '@';
    size_t length = strcspn(last, "[^");
    const char *colon = memchr(last, ':', length);
    const char *local = colon ? colon + 1 : last;
    names.last = (int)name_filter_bit(local, length - (size_t)(local - last));
    return names;
}

static bool path_may_be(const DwRuleContext *context, uint64_t beginnings, const PathNames *names)
{
    return context->unfiltered || names->last < 0 ||
           ((beginnings & names->beginning) &&
            name_filter_has_bit(context->names, (unsigned)names->last));
}

static AskedSection ask_section(const DwSection *section)
{
    AskedSection asked = {
        .section = {*section},
        .names = path_names(section->path),
        .rows = g_array_new(FALSE, FALSE, sizeof(AskedRow)),
    };

    if (section->alternative)
        asked.names.beginning = UINT64_MAX;
    for (const DwRow *row = section->rows; row->key; row++) {
        const char *since = row_since(section, row);
        AskedRow one = {
            .row = row,
            .names = path_names(row->path),
            .is_free = row->form == DW_FORM_STRING || row->form == DW_FORM_PRESENCE ||
                       row->form == DW_FORM_CHAIN_END,
            .since = since ? version_number(since) : 0,
        };
        if (!one.is_free || one.since)
            g_array_append_val(asked.rows, one);
    }
    return asked;
}

static void ask_all(void)
{
    asked_kinds = g_hash_table_new(g_str_hash, g_str_equal);
    for (const DwGroup *const *group = table_groups(); *group; group++) {
        GArray *sections = g_array_new(FALSE, FALSE, sizeof(AskedSection));

        for (const DwSection *at = (*group)->sections; at && at->key; at++) {
            AskedSection section = ask_section(at);
            if (section.rows->len > 0)
                g_array_append_val(sections, section);
            else
                g_array_unref(section.rows);
        }
        g_hash_table_insert(asked_kinds, (gpointer)(*group)->kind, sections);
    }
}

/* ---- Asking ---- */

static void check_rows(DwRuleContext *context, const AskedSection *asked, DwPlace *place,
                       DwNode base)
{
    uint64_t beginnings =
        context->unfiltered ? UINT64_MAX : node_beginnings(context->document, base);
    uint64_t has = context->host->libvirt_version;

    for (guint i = 0; i < asked->rows->len; i++) {
        const AskedRow *row = &g_array_index(asked->rows, AskedRow, i);
        bool is_new = has && row->since > has;
        DwValue value;

        if ((row->is_free && !is_new) || !path_may_be(context, beginnings, &row->names) ||
            !row_get(context->document, base, row->row, &value))
            continue;
        place->row = row->row;
        check_version(context, place, is_new, &value);
        check_form(context, place, &value);
        dw_value_clear(&value);
    }
}

/* Is the device of a kind that the host's libvirt has not yet? Said once, not of each key. */
static bool is_new_kind(DwRuleContext *context, const GArray *sections)
{
    const DwSection *first =
        sections && sections->len > 0 ? g_array_index(sections, AskedSection, 0).section : NULL;
    uint64_t has = context->host->libvirt_version;

    if (!*context->kind || !first || *first->key || !first->since || !has ||
        version_number(first->since) <= has)
        return false;
    g_autofree char *lack = lack_of_version(context, first->since);
    rule_report(context, "host-version", DW_SEVERITY_ERROR, "", NULL, NULL,
                "The device, a %s, %s Remove it.", context->kind, lack);
    return true;
}

static void rule_values(DwRuleContext *context)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, ask_all);
    const GArray *sections = g_hash_table_lookup(asked_kinds, context->kind);
    if (is_new_kind(context, sections))
        return;
    uint64_t beginnings = node_beginnings(context->document, context->node);
    for (guint i = 0; sections && i < sections->len; i++) {
        const AskedSection *asked = &g_array_index(sections, AskedSection, i);

        if (!path_may_be(context, beginnings, &asked->names))
            continue;
        const DwGroup only = {.kind = context->kind, .sections = asked->section};
        DwPlace place = {0};
        DwNode base;
        while (place_next_section(context->document, context->node, &only, &place, &base))
            check_rows(context, asked, &place, base);
    }
}

const DwRule rules_value[] = {
    {rule_values},
    {NULL},
};
