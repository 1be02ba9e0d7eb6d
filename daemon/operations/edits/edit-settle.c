/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An edit reads back what it changed, on either side, so nobody else has to. */
#include "operations/edits/edit-settle.h"

#include <string.h>

#include "host/host.h"
#include "operations/live/step.h"

/* Its answer does not depend on a configuration that is not to change. */
static bool leaves_config(const EditOperation *edit, const Domain *domain)
{
    return domain->persistent && !edit->change.base.options.expected_revision &&
           (edit->way == EDIT_APPLY || edit->way == EDIT_SET_METADATA);
}

/* It may be one that gives the running domain one value, whatever else that has. */
static bool may_be_plain(const EditOperation *edit)
{
    const DwEdit *first = edit->edits && edit->edits->len == 1 ? edit->edits->pdata[0] : NULL;
    return edit->change.step == STEP_WHOLE &&
           (edit->way == EDIT_SET_METADATA || (first && first->verb == DW_VERB_SET));
}

/* Most likely the domain's documents are still what they were when they were last read. A
 * configuration that is to change is read once more before that; one that is not, and the running
 * domain, are read by who looks afterwards what waits (host/pending-keeper.h). */
static void take_known(EditOperation *edit, const Domain *domain)
{
    const Inventory *inventory = domain->inventory;
    bool runs = edit->change.affect != AFFECT_CONFIG;
    if (!domain->revision_known || edit->change.base.options.dry_run ||
        (edit->change.affect == AFFECT_LIVE && !leaves_config(edit, domain)))
        return;
    edit->known = g_strdup(document_cache_get(inventory->documents, &domain->uuid));
    edit->known_mark = domain->revision;
    edit->known_parses = domain->live_parses;
    bool doubtful = domain->live_doubtful || domain->live_being_read;
    if (edit->known && runs && may_be_plain(edit) && !doubtful)
        edit->known_running =
            g_strdup(document_cache_get(inventory->live_documents, &domain->uuid));
}

/* What is edited now may wait, and what is put back does not. */
static void take_run(EditOperation *edit, Host *host, const Domain *domain)
{
    bool waits = edit->change.affect == AFFECT_CONFIG && domain_active(domain);
    edit->run_id = waits ? domain->id : -1;
    g_clear_pointer(&edit->baselines, baselines_unref);
    if (waits)
        edit->baselines = pending_keeper_baselines(host->pending);
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
    take_run(edit, host, domain);
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

/* The running document was read, and nothing in it is changed here: by another program, maybe. */
static void look_at_running(const EditOperation *edit, Domain *domain)
{
    const ChangePlan *plan = edit->change.plan;
    const char *known = document_cache_get(domain->inventory->live_documents, &domain->uuid);
    if (known && plan && plan->live.before &&
        strcmp(known, dw_document_text(plan->live.before, NULL)) != 0)
        inventory_mark_live_doubtful(domain, false);
}

void edit_settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    EditOperation *edit = (EditOperation *)operation;
    ChangeOperation *change = &edit->change;
    EditResult result = {.stored = change->stored.text ? &change->stored : NULL,
                         .changes = edit->compared ? &edit->differences : NULL};
    if (!domain)
        return;
    if ((change->applied || edit->asked) && change->affect != AFFECT_CONFIG)
        add_running(edit, &result);
    else
        look_at_running(edit, domain);
    if (result.stored && edit->way == EDIT_RENAME)
        inventory_renamed(domain, change->plan->name);
    if (!result.stored && edit->ours)
        inventory_mark_doubtful(domain);
    else if (!result.stored && change->plan)
        inventory_saw(domain, false, change->plan->config.revision);
    if (result.stored || result.running)
        inventory_edit_ends(domain, &result);
}
