/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An edit reads back what it changed, on either side, so nobody else has to. */
#include "operations/edits/edit-settle.h"

#include "host/host.h"
#include "operations/edits/live-step.h"

/* Most likely the domain's document is still what it was when it was last read. */
static void take_known(EditOperation *edit, const Domain *domain)
{
    const char *text = domain->revision_known && !edit->change.base.options.dry_run &&
                               edit->change.affect != AFFECT_LIVE
                           ? document_cache_get(domain->inventory->documents, &domain->uuid)
                           : NULL;
    edit->known = g_strdup(text);
    edit->known_mark = domain->revision;
}

void edit_prepare(Operation *operation, Host *host, Domain *domain)
{
    EditOperation *edit = (EditOperation *)operation;
    if (edit->answers)
        return;
    if (!edit->history)
        edit->history = history_keeper_history(host->keeper);
    if (!edit->removals)
        edit->removals = removal_watch_ref(host->removals);
    if (edit->change.step == STEP_PLAN)
        return;
    edit->watch = definition_watch_ref(host->watch);
    if (!domain)
        return;
    inventory_edit_begins(domain);
    take_known(edit, domain);
}

/* Of libvirt, each of which has an event that does not say which side it is about. */
static unsigned metadata_calls(const GPtrArray *steps)
{
    unsigned count = 0;
    for (guint i = 0; i < steps->len; i++) {
        VirtLiveCall call = ((const LiveStep *)steps->pdata[i])->change.call;
        count +=
            call == VIRT_LIVE_TITLE || call == VIRT_LIVE_DESCRIPTION || call == VIRT_LIVE_METADATA;
    }
    return count;
}

/* Of a change of the running domain that nothing was read back of, because it was made in part or
 * its guest was waited for, nothing is known. */
static void add_running(EditOperation *edit, EditResult *result)
{
    const ChangePlan *plan = edit->change.plan;
    bool known = edit->running.text && plan->live_compared;
    result->running = &edit->running;
    result->running_before = dw_document_text(plan->live.before, NULL);
    result->live_changes = known ? &plan->live_changes : NULL;
    result->metadata_calls = known ? metadata_calls(plan->steps) : 0;
}

void edit_settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    EditOperation *edit = (EditOperation *)operation;
    ChangeOperation *change = &edit->change;
    EditResult result = {.stored = change->stored.text ? &change->stored : NULL,
                         .changes = edit->compared ? &edit->differences : NULL};
    if (!domain)
        return;
    if (change->applied && change->affect != AFFECT_CONFIG)
        add_running(edit, &result);
    if (result.stored && edit->way == EDIT_RENAME)
        inventory_renamed(domain, change->plan->name);
    if (!result.stored && edit->ours)
        inventory_mark_doubtful(domain);
    else if (!result.stored && change->plan)
        inventory_saw(domain, change->plan->config.revision);
    if (result.stored || result.running)
        inventory_edit_ends(domain, &result);
}
