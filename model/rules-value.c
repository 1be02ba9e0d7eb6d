/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the table says of each single key, asked of a document that came in as text: does every
 * value parse as its form, is it among its values and in its range, and is it of a time the host
 * knows?
 */
#include "rules.h"

#include <stdio.h>
#include <string.h>

#include "forms.h"

/* "10.1.0" -> 10001000 */
static uint64_t version_number(const char *text)
{
    unsigned major = 0, minor = 0, micro = 0;

    sscanf(text, "%u.%u.%u", &major, &minor, &micro);
    return major * UINT64_C(1000000) + minor * 1000 + micro;
}

static void report_version(DwRuleContext *context, const char *key, const char *value,
                           const char *since)
{
    uint64_t has = context->host->libvirt_version;

    rule_report(context, "host-version", DW_SEVERITY_ERROR, key, value, NULL,
                "%s%s%s needs libvirt %s; this host has %u.%u.%u. Unset it.", key, value ? " " : "",
                value ? value : "", since, (unsigned)(has / 1000000), (unsigned)(has / 1000 % 1000),
                (unsigned)(has % 1000));
}

/* The version after '@' of one of the row's values, or NULL. */
static char *value_since(const DwRow *row, const char *value)
{
    g_auto(GStrv) words = g_strsplit(row->values, " ", -1);
    size_t length = strlen(value);

    for (char **word = words; *word; word++)
        if (strncmp(*word, value, length) == 0 && (*word)[length] == '@')
            return g_strdup(*word + length + 1);
    return NULL;
}

static void check_version(DwRuleContext *context, const DwPlace *place, const DwValue *value)
{
    const DwRow *row = place->row;
    uint64_t has = context->host->libvirt_version;

    if (has && row->since && version_number(row->since) > has) {
        g_autofree char *key = place_key(place);
        report_version(context, key, NULL, row->since);
    } else if (has && row->values && value->type == DW_VALUE_STRING && strchr(row->values, '@')) {
        g_autofree char *since = value_since(row, value->s);
        if (since && version_number(since) > has) {
            g_autofree char *key = place_key(place);
            report_version(context, key, value->s, since);
        }
    }
}

/* Most values: of their type, and with nothing more to be checked. Other hypervisors have other
 * paths: "[storage] a.vmdk". */
static bool is_plain(const DwRuleContext *context, const DwRow *row, const DwValue *value)
{
    if (value->type != (DwValueType)*form_signature(row->form))
        return false;
    /* An empty <genid/> asks libvirt for a new one. */
    if (row->form == DW_FORM_UUID && !*value->s && strcmp(row->key, "genid") == 0)
        return true;
    if (value->type == DW_VALUE_UINT || value->type == DW_VALUE_UINT64)
        return value->u >= row->min && (!row->max || value->u <= row->max);
    return value->type == DW_VALUE_BOOL ||
           (row->form == DW_FORM_PATH && (*value->s == '/' || !context->is_qemu)) ||
           row->form == DW_FORM_STRING || (row->form == DW_FORM_ENUM && row_accepts(row, value->s));
}

static void check_form(DwRuleContext *context, const DwPlace *place, const DwValue *value)
{
    const DwRow *row = place->row;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *key = NULL;
    g_auto(GStrv) allowed = NULL;
    DwValue coerced;

    if (is_plain(context, row, value))
        return;
    key = place_key(place);
    if (value->type == (DwValueType)*form_signature(row->form)) {
        if (form_coerce(row, key, value, &coerced, &error)) {
            dw_value_clear(&coerced);
            return;
        }
    }
    text = row->flags & DW_ROW_SECRET ? g_strdup(DW_SECRET_PLACEHOLDER) : dw_value_to_text(value);
    allowed = row->values ? row_values(row) : NULL;
    if (error)
        rule_report(context, "value", DW_SEVERITY_ERROR, key, text, (const char *const *)allowed,
                    "%s", error->message);
    else
        rule_report(context, "value", DW_SEVERITY_ERROR, key, text, (const char *const *)allowed,
                    "%s is \"%s\", which is not of form %s; correct or unset it.", key, text,
                    form_name(row->form));
}

/* The last name in a path must occur, or there is nothing to read. */
static bool path_may_be(const DwRuleContext *context, const char *path)
{
    const char *name = *path == '@' ? path : strrchr(path, '/');

    if (!name)
        name = path;
    name += *name == '/';
    name += *name == '@';
    return !*name || names_may_have(context->names, name, strcspn(name, "[^"));
}

/* Any text will do for some forms, and of an element that is there no more can be asked. */
static bool is_free(const DwRow *row)
{
    return !row->since && (row->form == DW_FORM_STRING || row->form == DW_FORM_PRESENCE ||
                           row->form == DW_FORM_CHAIN_END);
}

static void check_rows(DwRuleContext *context, DwPlace *place, DwNode base)
{
    uint64_t beginnings = node_beginnings(context->document, base);

    for (const DwRow *row = place->section->rows; row->key; row++) {
        DwValue value;

        if (is_free(row) ||
            (*row->path && !beginnings_may_have(beginnings, row->path + (*row->path == '@'))) ||
            !row_get(context->document, base, row, &value))
            continue;
        place->row = row;
        check_version(context, place, &value);
        check_form(context, place, &value);
        dw_value_clear(&value);
    }
}

static void rule_values(DwRuleContext *context)
{
    const DwGroup *group = table_group(context->kind);
    const DwSection *section = group ? group->sections : NULL;

    for (; section && section->key; section++) {
        const DwSection only[] = {*section, {NULL}};
        const DwGroup part = {.kind = context->kind, .sections = only};
        DwPlace place = {0};
        DwNode base;

        if (!path_may_be(context, section->path))
            continue;
        while (place_next_section(context->document, context->node, &part, &place, &base))
            check_rows(context, &place, base);
    }
}

const DwRule rules_value[] = {
    {rule_values},
    {NULL},
};
