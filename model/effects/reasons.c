/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a change is reach, in words for people and logs: "disk vda: driver.type". Values are not
 * included. Used by effects.c.
 */
#include <string.h>

#include "effects/effects.h"

#define REASONS_AT_MOST 32
/* Instead of the last where there are more: a rule that knows every line does not know this one. */
#define REASONS_MORE "and more"

typedef struct {
    GPtrArray *reasons;
    GHashTable *known; /* of the same strings */
} Reasons;

static void add_reason(Reasons *reasons, const DocumentPart *part, const char *what)
{
    g_autofree char *id = part->id ? path_for_list(part->id) : NULL;
    g_autofree char *shown = path_for_list(what);
    char *reason;

    if (!part->id)
        reason = g_strdup(shown);
    else if (*shown)
        reason = g_strdup_printf("%s %s: %s", part->kind, id, shown);
    else
        reason = g_strdup_printf("%s %s", part->kind, id);
    if (reasons->reasons->len >= REASONS_AT_MOST || g_hash_table_contains(reasons->known, reason)) {
        g_free(reason);
        return;
    }
    g_hash_table_add(reasons->known, reason);
    g_ptr_array_add(reasons->reasons, reason);
}

static char *item_text(const ReachItem *item)
{
    g_autofree char *where = reach_item_where(item);

    return g_strconcat(where, "\2", item->value ? item->value : "", NULL);
}

/* What one side says, "where\2value", by whom: settings of the domain belong together. */
static char *device_key(const DocumentPart *part)
{
    return g_strconcat(part->kind, "\1", part->id, NULL);
}

static void unref_set(void *set)
{
    g_hash_table_unref(set);
}

static GHashTable *item_texts(const GPtrArray *parts)
{
    GHashTable *by_device = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_set);

    for (guint i = 0; i < parts->len; i++) {
        const DocumentPart *part = parts->pdata[i];
        g_autofree char *key = device_key(part);
        GHashTable *texts = g_hash_table_lookup(by_device, key);
        if (!texts) {
            texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            g_hash_table_insert(by_device, g_steal_pointer(&key), texts);
        }
        for (guint j = 0; j < part->items->len; j++)
            g_hash_table_add(texts, item_text(&g_array_index(part->items, ReachItem, j)));
    }
    return by_device;
}

static GHashTable *texts_of(GHashTable *by_device, const DocumentPart *part)
{
    g_autofree char *key = device_key(part);

    return g_hash_table_lookup(by_device, key);
}

/* That an element is there needs no words when something in it has them. */
static bool is_presence(const ReachItem *item)
{
    return !item->covered.row && !item->value;
}

/* What part has and `others` (NULL: there are none) have not. Of a device that was not there: what
 * makes it reach, which is not all that it has. */
static void add_difference(Reasons *reasons, const DocumentPart *part, GHashTable *others,
                           bool presence)
{
    bool some = false;

    for (guint i = 0; i < part->items->len; i++) {
        const ReachItem *item = &g_array_index(part->items, ReachItem, i);
        g_autofree char *where = reach_item_where(item), *text = item_text(item);
        bool counts =
            others ? !g_hash_table_contains(others, text) : item->safety == SAFETY_NO && *where;
        if (counts && is_presence(item) == presence) {
            add_reason(reasons, part, where);
            some = true;
        }
    }
    if (some)
        return;
    if (!presence)
        add_difference(reasons, part, others, true);
    else if (!others)
        add_reason(reasons, part, part->unsafe_key ? part->unsafe_key : "");
}

char **reasons_of(const GPtrArray *before, const GPtrArray *after)
{
    Reasons reasons = {g_ptr_array_new(), g_hash_table_new(g_str_hash, g_str_equal)};
    g_autoptr(GHashTable) old = item_texts(before), new = item_texts(after);

    for (guint i = 0; i < after->len && reasons.reasons->len < REASONS_AT_MOST; i++)
        add_difference(&reasons, after->pdata[i], texts_of(old, after->pdata[i]), false);
    for (guint i = 0; i < before->len && reasons.reasons->len < REASONS_AT_MOST; i++) {
        const DocumentPart *part = before->pdata[i];
        GHashTable *others = texts_of(new, part);
        if (!others && part->id)
            add_reason(&reasons, part, "removed");
        else
            add_difference(&reasons, part, others, false);
    }
    if (reasons.reasons->len == 0 && after->len > 0)
        add_reason(&reasons, after->pdata[0], "moved");
    g_hash_table_unref(reasons.known);
    if (reasons.reasons->len == REASONS_AT_MOST) {
        g_free(reasons.reasons->pdata[REASONS_AT_MOST - 1]);
        reasons.reasons->pdata[REASONS_AT_MOST - 1] = g_strdup(REASONS_MORE);
    }
    g_ptr_array_add(reasons.reasons, NULL);
    return (char **)g_ptr_array_free(reasons.reasons, FALSE);
}
