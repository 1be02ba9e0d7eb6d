/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole document in the place of the configuration, for a running domain: what the configuration
 * becomes differs from what it is, and the running document gets the same differences.
 */
#include "operations/edits/edit-whole.h"

#include "operations/edits/edit-ids.h"
#include "operations/validation.h"

bool edit_is_whole(const EditOperation *edit)
{
    return edit->way == EDIT_REPLACE || edit->way == EDIT_RESTORE;
}

/* What the configuration is to become; NULL with error. */
static DwDocument *wanted_document(EditOperation *edit, EditMake *make, const DwHost *host,
                                   GError **error)
{
    ChangeOperation *change = &edit->change;
    const DocumentChange *config = &change->plan->config;
    if (change->affect != AFFECT_LIVE)
        return dw_document_copy(config->after);
    DocumentChange wanted = {.before = config->before};
    wanted.after = dw_document_copy(config->before);
    if (make(edit, &wanted, host, error)) {
        validation_rules(wanted.before, wanted.after, host, change->problems);
        return wanted.after;
    }
    dw_document_free(wanted.after);
    return NULL;
}

/* What breaks a rule in the running document only. */
static bool check_running(const DocumentChange *live, const DwHost *host, GError **error)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    validation_rules(live->before, live->after, host, problems);
    return validation_check(problems, error);
}

bool edit_whole_merge(EditOperation *edit, EditMake *make, const DwHost *host,
                      GPtrArray *impossible, GError **error)
{
    ChangePlan *plan = edit->change.plan;
    g_autoptr(DwDocument) wanted = wanted_document(edit, make, host, error);
    if (!wanted)
        return false;
    edit_ids_check_added(edit, wanted, impossible);
    g_autoptr(GPtrArray) both = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    DwDocument *merged =
        dw_merge(plan->config.before, wanted, plan->live.before, DW_PREFER_MINE, both, error);
    if (!merged)
        return false;
    dw_document_free(plan->live.after);
    plan->live.after = merged;
    return check_running(&plan->live, host, error);
}
