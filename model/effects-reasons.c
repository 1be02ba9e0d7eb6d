/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a change is reach, in words for people and logs: "disk vda: driver.type". Values are not
 * told. */
#include <string.h>

#include "effects.h"

#define REASONS_AT_MOST 32

typedef struct {
    GPtrArray *reasons;
    GHashTable *known; /* of the same strings */
} Reasons;

static void add_reason(Reasons *reasons, const Part *part, const char *what)
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

static char *statement_of(const Token *token)
{
    g_autofree char *where = token_where(token);

    return g_strconcat(where, "\2", token->value ? token->value : "", NULL);
}

/* What one side says, "where\2value", by whom: settings of the domain belong together. */
static char *speaker(const Part *part)
{
    return g_strconcat(part->kind, "\1", part->id, NULL);
}

static void unref_set(void *set)
{
    g_hash_table_unref(set);
}

static GHashTable *statements_of(const GPtrArray *parts)
{
    GHashTable *by_speaker = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_set);

    for (guint i = 0; i < parts->len; i++) {
        const Part *part = parts->pdata[i];
        g_autofree char *key = speaker(part);
        GHashTable *said = g_hash_table_lookup(by_speaker, key);
        if (!said) {
            said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            g_hash_table_insert(by_speaker, g_steal_pointer(&key), said);
        }
        for (guint j = 0; j < part->tokens->len; j++)
            g_hash_table_add(said, statement_of(&g_array_index(part->tokens, Token, j)));
    }
    return by_speaker;
}

static GHashTable *said_by(GHashTable *by_speaker, const Part *part)
{
    g_autofree char *key = speaker(part);

    return g_hash_table_lookup(by_speaker, key);
}

/* That an element is there needs no words when something in it has them. */
static bool is_presence(const Token *token)
{
    return !token->covered.row && !token->value;
}

/* What part says and `others` (NULL: no other does) do not. Of a device that was not there: what is
 * to blame, which is not all that it has. */
static void add_difference(Reasons *reasons, const Part *part, GHashTable *others, bool presence)
{
    bool some = false;

    for (guint i = 0; i < part->tokens->len; i++) {
        const Token *token = &g_array_index(part->tokens, Token, i);
        g_autofree char *where = token_where(token), *statement = statement_of(token);
        bool counts = others ? !g_hash_table_contains(others, statement)
                             : token->safety == SAFETY_NO && *where;
        if (counts && is_presence(token) == presence) {
            add_reason(reasons, part, where);
            some = true;
        }
    }
    if (some)
        return;
    if (!presence)
        add_difference(reasons, part, others, true);
    else if (!others)
        add_reason(reasons, part, part->culprit ? part->culprit : "");
}

char **reasons_of(const GPtrArray *before, const GPtrArray *after)
{
    Reasons reasons = {g_ptr_array_new(), g_hash_table_new(g_str_hash, g_str_equal)};
    g_autoptr(GHashTable) old = statements_of(before), new = statements_of(after);

    for (guint i = 0; i < after->len && reasons.reasons->len < REASONS_AT_MOST; i++)
        add_difference(&reasons, after->pdata[i], said_by(old, after->pdata[i]), false);
    for (guint i = 0; i < before->len && reasons.reasons->len < REASONS_AT_MOST; i++) {
        const Part *part = before->pdata[i];
        GHashTable *others = said_by(new, part);
        if (!others && part->id)
            add_reason(&reasons, part, "removed");
        else
            add_difference(&reasons, part, others, false);
    }
    if (reasons.reasons->len == 0 && after->len > 0)
        add_reason(&reasons, after->pdata[0], "moved");
    g_hash_table_unref(reasons.known);
    g_ptr_array_add(reasons.reasons, NULL);
    return (char **)g_ptr_array_free(reasons.reasons, FALSE);
}
