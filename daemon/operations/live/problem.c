/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One form for all that a running domain refuses before it is touched, and what of it is told. */
#include "operations/live/problem.h"

#include "operations/validation.h"

#include <string.h>

void live_tell(GPtrArray *problems, DwSeverity severity, const char *rule, const char *kind,
               const char *id, const char *key, const char *message)
{
    DwProblem *problem = g_new0(DwProblem, 1);
    *problem = (DwProblem){.rule = g_strdup(rule), .severity = severity};
    problem->kind = g_strdup(kind);
    problem->id = g_strdup(id);
    problem->key = g_strdup(key);
    problem->value = g_strdup("");
    problem->message = g_strdup(message);
    problem->allowed = g_new0(char *, 1);
    g_ptr_array_add(problems, problem);
}

void live_refuse(GPtrArray *impossible, const char *rule, const char *kind, const char *id,
                 const char *key, const char *message)
{
    live_tell(impossible, DW_SEVERITY_ERROR, rule, kind, id, key, message);
}

void live_hold_back(GPtrArray *impossible, const char *kind, const char *id, const char *key)
{
    live_tell(impossible, DW_SEVERITY_INFO, "live.not-possible", kind, id, key, "");
}

bool live_is_held_back(const DwProblem *problem)
{
    return problem->severity == DW_SEVERITY_INFO;
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

static bool is_limit(const char *key)
{
    return g_str_has_prefix(key, "iotune.") || g_str_equal(key, "numatune.memory.nodeset") ||
           g_str_equal(key, "source.nodemask");
}

static bool sets_limits(const GPtrArray *edits)
{
    for (guint i = 0; edits && i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        for (size_t k = 0; k < dw_settings_count(edit->values); k++)
            if (is_limit(dw_settings_key(edit->values, k)))
                return true;
        for (char **key = edit->unset; *key; key++)
            if (is_limit(*key))
                return true;
    }
    return false;
}

/* What is a warning in a configuration, which may be completed until it is started, QEMU refuses.
 */
void live_find_limits(const GPtrArray *edits, const DwDocument *before, const DwDocument *after,
                      const DwHost *host, GPtrArray *found)
{
    static const char *const rules[] = {"iotune-max-base",   "iotune-max-low", "iotune-size-iops",
                                        "iotune-length-max", "host-nodes",     NULL};
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    if (!sets_limits(edits))
        return;
    validation_rules(before, after, host, problems);
    while (problems->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(problems, 0);
        if (!g_strv_contains(rules, problem->rule)) {
            dw_problem_free(problem);
            continue;
        }
        problem->severity = DW_SEVERITY_ERROR;
        g_ptr_array_add(found, problem);
    }
}

bool live_check_limits(const GPtrArray *edits, const DwDocument *before, const DwDocument *after,
                       const DwHost *host, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    live_find_limits(edits, before, after, host, found);
    if (found->len == 0)
        return true;
    const DwProblem *problem = found->pdata[0];
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID, "%s/%s: %s", problem->kind, problem->id,
                problem->message);
    return false;
}
