/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the words of a history's rows: which keys and devices differ, and one sentence for people.
 * Used by operations and the document reader, on any thread.
 */
#include "history/describe.h"

#include <string.h>

#define NAMED 4 /* of what was done in one way */

/* The keys, or those devices that were changed in this way. */
static GPtrArray *names_of(const DwChanges *changes, char way)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (char **key = changes->keys; way == '~' && key && *key; key++)
        g_ptr_array_add(names, g_strdup(*key));
    for (guint i = 0; changes->devices && i < changes->devices->len; i++) {
        const DwDevice *device = changes->devices->pdata[i];
        if (changes->ways->str[i] == way)
            g_ptr_array_add(names, g_strdup_printf("%s %s", device->kind, device->id));
    }
    return names;
}

/* "Changed memory and disk vda", after another clause ", changed ...". */
static void add_clause(GString *summary, const char *verb, const GPtrArray *names)
{
    guint shown = names->len > NAMED + 1 ? NAMED : names->len;
    if (names->len == 0)
        return;
    g_string_append_printf(summary, "%s%s ", summary->len > 0 ? ", " : "", verb);
    for (guint i = 0; i < shown; i++) {
        const char *separator = i == 0                                  ? ""
                                : i + 1 == shown && shown == names->len ? " and "
                                                                        : ", ";
        g_string_append_printf(summary, "%s%s", separator, (const char *)names->pdata[i]);
    }
    if (shown < names->len)
        g_string_append_printf(summary, " and %u more", names->len - shown);
}

/* is_plan: of what may not have been done. */
static char *summary_of(const DwChanges *changes, bool is_plan)
{
    g_autoptr(GPtrArray) altered = names_of(changes, '~'), added = names_of(changes, '+'),
                         removed = names_of(changes, '-');
    if (changes->reordered && !changes->keys[0])
        return g_strdup("Put the devices in another order, as libvirt does by itself when it "
                        "starts some domains.");
    GString *summary = g_string_new(NULL);
    add_clause(summary, is_plan ? "to change" : "changed", altered);
    add_clause(summary, is_plan ? "to add" : "added", added);
    add_clause(summary, is_plan ? "to remove" : "removed", removed);
    if (summary->len == 0)
        g_string_append(summary, changes->other ? "changed what has no key" : "changed nothing");
    else if (is_plan)
        g_string_prepend(summary, "was ");
    summary->str[0] = g_ascii_toupper(summary->str[0]);
    g_string_append_c(summary, '.');
    return g_string_free(summary, FALSE);
}

static void describe(const DwChanges *changes, HistoryChange *change, bool is_plan)
{
    g_autoptr(GStrvBuilder) devices = g_strv_builder_new();
    for (guint i = 0; changes->devices && i < changes->devices->len; i++) {
        const DwDevice *device = changes->devices->pdata[i];
        g_strv_builder_add_many(devices, device->kind, device->id, NULL);
    }
    history_description_clear(change);
    change->keys = g_strdupv(changes->keys);
    change->devices = g_strv_builder_end(devices);
    change->summary = summary_of(changes, is_plan);
}

void history_describe(const DwChanges *changes, HistoryChange *change)
{
    describe(changes, change, false);
}

void history_describe_plan(const DwChanges *changes, HistoryChange *change)
{
    describe(changes, change, true);
}

void history_description_clear(HistoryChange *change)
{
    g_clear_pointer(&change->keys, g_strfreev);
    g_clear_pointer(&change->devices, g_strfreev);
    g_clear_pointer(&change->summary, g_free);
}

void history_compare_texts(const char *before, const char *after, HistoryChange *change)
{
    g_autoptr(DwDocument) old = dw_document_parse(before, strlen(before), NULL);
    g_autoptr(DwDocument) new = dw_document_parse(after, strlen(after), NULL);
    if (!old || !new)
        return;
    DwChanges changes = {0};
    dw_changes_between(old, new, &changes);
    history_describe(&changes, change);
    dw_changes_clear(&changes);
}

void history_keep_text(History *history, const char *uuid, const char *name, const char *revision,
                       const char *text)
{
    g_autofree char *redacted = NULL;
    if (dw_text_may_hold_secret(text)) {
        g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
        if (!document)
            return;
        redacted = dw_document_redacted(document);
    }
    history_saw(history, uuid, name, revision, redacted ? redacted : text, history_compare_texts,
                NULL, NULL);
}
