/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The outcome of an operation. What it means for the inventory is decided by the operation's type
 * (settle in operations/operation.h); here stand drafts, the answer's context, and the record.
 */
#include "calls/outcome.h"

#include <string.h>

#include "base/error.h"
#include "calls/audit.h"
#include "host/host.h"
#include "inventory/domain-path.h"
#include "operations/edits/edit.h"
#include "operations/reads/read.h"
#include "operations/rebase.h"

/* ---- What a call is about ---- */

void subject_clear(Subject *subject)
{
    g_free(subject->name);
    g_free(subject->draft);
    g_free(subject->draft_base);
    g_free(subject->draft_host);
}

Domain *subject_domain(const Subject *subject)
{
    Uuid uuid;
    return subject->host && uuid_parse(subject->uuid, &uuid)
               ? inventory_find(subject->host->inventory, &uuid)
               : NULL;
}

Draft *subject_draft(const Subject *subject, Drafts *drafts)
{
    return subject->draft ? drafts_find(drafts, subject->draft) : NULL;
}

/* ---- Drafts ---- */

static bool keep_draft(const Subject *subject, Drafts *drafts, Operation *operation,
                       char **ret_path, GError **error)
{
    EditOperation *edit = (EditOperation *)operation;
    Draft *draft = subject_draft(subject, drafts);
    if (!draft) {
        g_propagate_error(error, draft_gone_error());
        return false;
    }
    *ret_path = g_strdup(draft->path);
    if (!edit->change.changed || operation->options.dry_run)
        return true;
    return draft_edit(draft, edit->source.text, g_steal_pointer(&edit->source.document),
                      &edit->differences, edit->change.revision, error);
}

/* The inventory may know of a later change than the one that was read. */
static bool is_outdated(const Subject *subject, const char *revision)
{
    const Domain *domain = subject_domain(subject);
    char known[REVISION_TEXT];
    if (!domain || domain->change_count == subject->generation || !domain->revision_known)
        return !domain;
    revision_text(&domain->revision, known);
    return strcmp(known, revision) != 0;
}

static bool keep_rebased(const Subject *subject, Drafts *drafts, Operation *operation,
                         GError **error)
{
    RebaseOperation *rebase = (RebaseOperation *)operation;
    Draft *draft = subject_draft(subject, drafts);
    if (!draft) {
        g_propagate_error(error, draft_gone_error());
        return false;
    }
    if (!rebase->new_base || operation->options.dry_run)
        return true;
    DraftBase base = {rebase->new_base, rebase->base_revision,
                      is_outdated(subject, rebase->base_revision)};
    g_autofree char *text = g_strdup(dw_document_text(rebase->document, NULL));
    return draft_rebase(draft, &base, text, g_steal_pointer(&rebase->document),
                        &rebase->differences, rebase->change.revision, error);
}

static bool add_draft(const Subject *subject, Drafts *drafts, const Operation *operation,
                      char **ret_path, GError **error)
{
    /* Made from a domain, its document was read. */
    const char *revision =
        subject->draft_base ? ((const ReadOperation *)operation)->revision : NULL;
    DraftOrigin origin = {
        .host = subject->draft_host, .base = subject->draft_base, .base_revision = revision};
    Draft *draft =
        drafts_add(drafts, operation->uid, operation->type->text(operation), &origin, error);
    *ret_path = draft ? g_strdup(draft->path) : NULL;
    return draft != NULL;
}

void outcome_release_draft(const Subject *subject, Drafts *drafts, bool committed)
{
    bool holds = subject->role == DRAFT_COMMITTED || subject->role == DRAFT_REBASED;
    Draft *draft = holds ? subject_draft(subject, drafts) : NULL;
    if (!draft)
        return;
    draft->held = false;
    if (committed && subject->role == DRAFT_COMMITTED)
        drafts_remove(drafts, draft);
}

/* ---- Success and failure ---- */

void outcome_clear(Outcome *outcome)
{
    g_free(outcome->path);
}

static void add_context(const Subject *subject, Outcome *outcome)
{
    Operation *operation = (Operation *)outcome->operation;
    const Domain *domain = subject_domain(subject);
    const ChangeOperation *change = operation_change(operation);
    bool dry_run = operation->options.dry_run;
    outcome->restart_needed =
        domain && domain_active(domain) && change &&
        ((change->changed && change->affect == AFFECT_CONFIG && !change->in_force) ||
         change->waiting->len > 0);
    if (operation->type->change == CHANGE_DEFINE && !dry_run)
        outcome->path = inventory_path_of(subject->host->inventory, operation->uuid);
    else if (domain)
        outcome->path = domain_path(domain);
}

bool outcome_settle(const Subject *subject, Drafts *drafts, Operation *operation,
                    Outcome *ret_outcome, GError **error)
{
    const OperationType *type = operation->type;
    Domain *domain = subject_domain(subject);
    ret_outcome->operation = operation;
    if (subject->role == DRAFT_WANTED && domain && type->settle)
        type->settle(operation, subject->host, domain, false);
    if (subject->role == DRAFT_WANTED)
        return add_draft(subject, drafts, operation, &ret_outcome->path, error);
    if (subject->role == DRAFT_WORKED_ON && type->defines)
        return keep_draft(subject, drafts, operation, &ret_outcome->path, error);
    if (subject->role == DRAFT_REBASED)
        return keep_rebased(subject, drafts, operation, error);
    if (subject->host && type->settle)
        type->settle(operation, subject->host, domain,
                     domain && domain->change_count != subject->generation);
    add_context(subject, ret_outcome);
    return true;
}

void outcome_failed(const Subject *subject, const Operation *operation)
{
    Domain *domain = subject_domain(subject);
    if (domain && operation && operation->type->defines)
        inventory_mark_doubtful(domain);
}

/* ---- The record of changes ---- */

static bool is_denial(const GError *error)
{
    return g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED) ||
           g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_AUTHENTICATION);
}

void outcome_record(const Subject *subject, const Request *request, const Operation *operation,
                    unsigned effects, const GError *error)
{
    const ChangeOperation *change = operation_change_const(operation);
    if (!effects || (change && !change->changed && change->removing->len == 0 && !is_denial(error)))
        return;
    const ChangePlan *plan = change ? change->plan : NULL;
    AuditRecord record = {
        .host = subject->host->name,
        .domain = !plan            ? subject->name
                  : plan->old_name ? plan->old_name
                                   : plan->name,
        .uuid = plan ? plan->uuid : subject->uuid,
        .effects = effects,
        .reach = change ? change->effects.reasons : NULL,
        .error = error,
        .before = plan ? plan->config.revision : "",
        .after = !error && change ? change->revision : "",
        .overwrote = !error && change && change->overwrote,
    };
    audit(request, &record);
}
