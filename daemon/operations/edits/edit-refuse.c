/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An edit that the running document cannot take: the rules say why, as they do of a configuration.
 * What is wrong with both is told of the configuration alone. Used by edit-live.c, on workers.
 */
#include "operations/edits/edit-refuse.h"

#include <string.h>

#include "operations/edits/edit-whole.h"
#include "operations/live/problem.h"
#include "operations/live/step.h"
#include "operations/validation.h"

#define NOT_POSSIBLE "live.not-possible"

/* ---- Which edit ---- */

static bool is_secret(const DwProblem *problem)
{
    DwKey *row = dw_key_find(problem->kind, problem->key);
    bool secret = !row || row->secret;
    dw_key_free(row);
    return secret;
}

static void name_value(DwProblem *problem, const DwEdit *edit)
{
    const DwValue *value = dw_settings_get(edit->values, problem->key);
    if (!value || *problem->value || is_secret(problem))
        return;
    g_free(problem->value);
    problem->value = dw_value_to_text(value);
}

/* Of a device that is not to be, nobody knows an id that was made up for it. */
static void forget_new_id(DwProblem *problem, const DwEdit *edit, const char *id)
{
    bool is_random = id && (g_str_has_prefix(id, "ua-") || strcmp(edit->kind, "interface") == 0);
    if (edit->verb != DW_VERB_ADD || !is_random)
        return;
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        g_autofree char *given =
            dw_value_to_text(dw_settings_get(edit->values, dw_settings_key(edit->values, i)));
        if (strcmp(given, id) == 0)
            return;
    }
    g_autofree char *named = g_strdup_printf("Device %s \"%s\"", edit->kind, id);
    if (!g_str_has_prefix(problem->message, named))
        return;
    char *message = g_strdup_printf("The new %s%s", edit->kind, problem->message + strlen(named));
    g_free(problem->message);
    problem->message = message;
}

static void name_edits(const EditOperation *edit, GPtrArray *problems)
{
    const ChangeOperation *change = &edit->change;
    if (edit->way != EDIT_APPLY || !change->result.ids)
        return;
    dw_problems_assign(problems, 0, edit->edits, change->result.ids, !change->base.options.dry_run);
    for (guint i = 0; i < problems->len; i++) {
        DwProblem *problem = problems->pdata[i];
        if (problem->edit == 0)
            continue;
        const DwEdit *given = edit->edits->pdata[problem->edit - 1];
        name_value(problem, given);
        forget_new_id(problem, given, change->result.ids[problem->edit - 1]);
    }
}

/* ---- What has no step ---- */

/* In the place of the remedy: what is transient is not started again. */
static void tell_transient(DwProblem *problem)
{
    static const char *const joints[] = {LIVE_USE_CONFIG, "; ", "."};
    GString *message = g_string_new(problem->message);
    for (gsize i = 0; i < G_N_ELEMENTS(joints); i++)
        if (g_str_has_suffix(message->str, joints[i]))
            g_string_truncate(message, message->len - strlen(joints[i]));
    g_string_append(message, ". The domain is transient: there is no next start for it.");
    g_free(problem->message);
    problem->message = g_string_free(message, FALSE);
}

void edit_refuse_take(EditOperation *edit, GPtrArray *impossible)
{
    ChangeOperation *change = &edit->change;
    if (edit->edits && change->affect != AFFECT_AUTO)
        live_keep_causes(impossible, edit->edits, change->result.ids);
    if (change->affect != AFFECT_AUTO)
        name_edits(edit, impossible);
    while (impossible->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(impossible, 0);
        bool waits = change->affect == AFFECT_AUTO;
        if (waits)
            live_add_name(change->waiting, problem);
        if (waits || live_is_held_back(problem)) {
            dw_problem_free(problem);
        } else {
            if (change->transient)
                tell_transient(problem);
            g_ptr_array_add(change->problems, problem);
        }
    }
}

/* ---- What is wrong ---- */

/* Makes the edits once more, for what the rules say. */
static GPtrArray *ask_rules(EditOperation *edit, EditMake *make, GPtrArray *edits,
                            const DwHost *host)
{
    ChangeOperation *change = &edit->change;
    DocumentChange *live = &change->plan->live;
    DwResult result = change->result;
    DwDocument *after = live->after;
    GPtrArray *given = edit->edits, *found = NULL;
    change->result = (DwResult){0};
    live->after = dw_document_copy(live->before);
    edit->edits = edits;
    if (make(edit, live, host, NULL))
        found = g_steal_pointer(&change->result.problems);
    dw_document_free(live->after);
    live->after = after;
    dw_result_clear(&change->result);
    change->result = result;
    edit->edits = given;
    return found ? found : g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
}

static bool is_told(const DwProblem *problem, const GPtrArray *others)
{
    for (guint i = 0; others && i < others->len; i++) {
        const DwProblem *other = others->pdata[i];
        if (other->severity == DW_SEVERITY_ERROR && strcmp(other->rule, problem->rule) == 0 &&
            strcmp(other->kind, problem->kind) == 0 && strcmp(other->key, problem->key) == 0 &&
            strcmp(other->message, problem->message) == 0)
            return true;
    }
    return false;
}

static void tell_running(DwProblem *problem, GPtrArray *problems)
{
    g_free(problem->rule);
    problem->rule = g_strdup(NOT_POSSIBLE);
    char *message = g_strconcat(IN_RUNNING, problem->message, NULL);
    g_free(problem->message);
    problem->message = message;
    g_ptr_array_add(problems, problem);
}

/* True: something is told, or was already. */
static bool tell_errors(EditOperation *edit, GPtrArray *found)
{
    ChangeOperation *change = &edit->change;
    bool any = false;
    while (found->len > 0) {
        DwProblem *problem = g_ptr_array_steal_index(found, 0);
        bool wrong = problem->severity == DW_SEVERITY_ERROR;
        any |= wrong;
        if (wrong && !is_told(problem, change->result.problems))
            tell_running(problem, change->problems);
        else
            dw_problem_free(problem);
    }
    return any;
}

bool edit_refuse_running(EditOperation *edit, EditMake *make, GPtrArray *edits, const DwHost *host,
                         GError *failure, GError **error)
{
    ChangeOperation *change = &edit->change;
    DocumentChange *live = &change->plan->live;
    bool dry_run = change->base.options.dry_run;
    g_prefix_error(&failure, IN_RUNNING);
    if (dry_run && edits && !edit_is_whole(edit)) {
        g_autoptr(GPtrArray) found = ask_rules(edit, make, edits, host);
        live_find_limits(edits, live->before, live->after, host, found);
        name_edits(edit, found);
        if (tell_errors(edit, found)) {
            g_error_free(failure);
            return true;
        }
    }
    return validation_refuse(change->problems, dry_run, NOT_POSSIBLE, failure, error);
}
