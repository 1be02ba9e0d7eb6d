/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One form for all that a running domain refuses before it is touched, and what of it is told. */
#include "operations/edits/live-problem.h"

#include <string.h>

void live_refuse(GPtrArray *impossible, const char *rule, const char *kind, const char *id,
                 const char *key, const char *message)
{
    DwProblem *problem = g_new0(DwProblem, 1);
    *problem = (DwProblem){.rule = g_strdup(rule), .severity = DW_SEVERITY_ERROR};
    problem->kind = g_strdup(kind);
    problem->id = g_strdup(id);
    problem->key = g_strdup(key);
    problem->value = g_strdup("");
    problem->message = g_strdup(message);
    problem->allowed = g_new0(char *, 1);
    g_ptr_array_add(impossible, problem);
}

/* ---- Causes ---- */

static bool is_word(const char *word, const char *key)
{
    gsize length = strlen(word);
    return g_str_has_suffix(word, "*") ? strncmp(word, key, length - 1) == 0
                                       : g_str_equal(word, key);
}

static bool names_key(const DwEdit *edit, const char *key)
{
    bool names = !*key || (edit->verb != DW_VERB_SET && edit->verb != DW_VERB_MODIFY) ||
                 dw_settings_get(edit->values, key);
    for (char **unset = edit->unset; !names && *unset; unset++)
        names = is_word(*unset, key);
    return names;
}

static bool is_named(const DwProblem *problem, const GPtrArray *edits, char **ids)
{
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        bool same =
            g_str_equal(edit->kind, problem->kind) &&
            (g_str_equal(edit->id, problem->id) || (ids && g_strcmp0(ids[i], problem->id) == 0));
        if (same && names_key(edit, problem->key))
            return true;
    }
    return false;
}

/* Presets and their like name none of what they set. */
static bool name_all(const GPtrArray *edits)
{
    for (guint i = 0; i < edits->len; i++) {
        DwVerb verb = ((const DwEdit *)edits->pdata[i])->verb;
        if (verb == DW_VERB_HYPERV || verb == DW_VERB_PRESET || verb == DW_VERB_BOOT)
            return false;
    }
    return true;
}

void live_keep_causes(GPtrArray *impossible, const GPtrArray *edits, char **ids)
{
    bool any = false;
    for (guint i = 0; i < impossible->len; i++)
        any |= is_named(impossible->pdata[i], edits, ids);
    for (guint i = impossible->len; any && name_all(edits) && i-- > 0;)
        if (!is_named(impossible->pdata[i], edits, ids))
            g_ptr_array_remove_index(impossible, i);
}
