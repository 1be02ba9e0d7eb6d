/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a change of a document would let the guest reach on the host, found by comparing all of both
 * documents. Which keys are safe is written in the table. It reads texts and nothing else.
 */
#include <string.h>

#include "effects.h"

void dw_effects_clear(DwEffects *effects)
{
    g_clear_pointer(&effects->kinds, g_strfreev);
    g_clear_pointer(&effects->paths, g_strfreev);
    g_clear_pointer(&effects->path, g_free);
    g_clear_pointer(&effects->reasons, g_strfreev);
    effects->reach = false;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **sorted_once(GHashTable *set)
{
    guint n;
    g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(set, &n);

    qsort(keys, n, sizeof *keys, compare_strings);
    return g_strdupv(keys);
}

void dw_effects_between(const DwDocument *before, const DwDocument *after,
                        const DwReachContext *context, DwEffects *ret_effects)
{
    g_autoptr(DwDocument) nothing = dw_document_new();
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    DwChanges changes;
    DwEffects effects = {0};

    dw_changes_between(before ? before : nothing, after, &changes);
    if (*changes.keys || changes.other || !before)
        g_hash_table_add(kinds, (char *)"domain");
    for (guint i = 0; i < changes.devices->len; i++)
        g_hash_table_add(kinds, ((DwDevice *)changes.devices->pdata[i])->kind);
    effects.reach = g_hash_table_size(kinds) > 0;
    effects.kinds = sorted_once(kinds);
    effects.paths = g_new0(char *, 1);
    effects.reasons = g_new0(char *, 1);
    dw_changes_clear(&changes);
    *ret_effects = effects;
}
