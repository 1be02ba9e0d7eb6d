/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Defining a new domain. The document always has a uuid, which is looked up before it is defined,
 * so that a define never replaces a domain that exists. run() is for workers, settle() for the main
 * thread.
 */
#include "operations/define.h"

#include <string.h>

#include "base/error.h"
#include "history/describe.h"
#include "host/host.h"
#include "operations/define-on-host.h"
#include "operations/history-entry.h"
#include "operations/history-read.h"
#include "operations/references.h"
#include "operations/stored.h"
#include "operations/validation.h"

/* ---- The plan ---- */

/* Under another name when the caller wants one; its secrets are nowhere any more. */
static DwDocument *recovered_document(DefineOperation *define, Virt *virt, GError **error)
{
    const Operation *base = &define->change.base;
    g_autofree char *revision = NULL, *name = NULL;
    GError *failure = NULL;
    if (!history_read_check(define->history, error))
        return NULL;
    g_autofree char *text =
        history_last(define->history, define->recovered, &revision, &name, &failure);
    if (!text) {
        history_read_error(failure, error);
        return NULL;
    }
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), error);
    if (!document)
        return NULL;
    g_auto(HostView) view = {0};
    operation_view(base, virt, document, &view);
    if (base->options.name &&
        !document_set(document, "name", base->options.name, &view.host, 0, error))
        return NULL;
    g_autoptr(GPtrArray) lost = dw_document_recover_secrets(document, NULL);
    warn_of_lost_secrets(lost, define->change.problems);
    return g_steal_pointer(&document);
}

static DwDocument *new_document(DefineOperation *define, Virt *virt, GError **error)
{
    const Operation *base = &define->change.base;
    if (define->recovered)
        return recovered_document(define, virt, error);
    if (define->input.settings)
        return build_document(base, &define->input, virt, &define->change.result, error);
    g_autoptr(DwDocument) document = dw_document_parse(define->xml, strlen(define->xml), error);
    if (!document)
        return NULL;
    g_auto(HostView) view = {0};
    if (define->fill) {
        operation_view(base, virt, document, &view);
        if (!document_set(document, NULL, NULL, &view.host, DW_APPLY_NEW, error))
            return NULL;
    }
    return g_steal_pointer(&document);
}

/* What runs without a definition is in the way of its own. */
static bool is_transient(Virt *virt, const char *uuid)
{
    VirtDomain *domain = virt_domain_get(virt, uuid, NULL);
    bool transient = domain && domain->knows_persistent && !domain->persistent;
    virt_domain_free(domain);
    return transient;
}

static void set_uuid_taken(const DefineOperation *define, Virt *virt, const char *uuid,
                           GError **error)
{
    if (define->recovered && is_transient(virt, uuid))
        g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS,
                    "The domain still runs, without a definition; it can be recovered once it is "
                    "off.");
    else
        g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS, "A domain of uuid %s exists already.",
                    uuid);
}

static bool check_new(const DefineOperation *define, Virt *virt, const char *name, const char *uuid,
                      GError **error)
{
    GError *failure = NULL;
    bool has_uuid = virt_has_uuid(virt, uuid, &failure);
    g_autofree char *other = failure || has_uuid ? NULL : virt_find_name(virt, name, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    if (has_uuid)
        set_uuid_taken(define, virt, uuid, error);
    else if (other)
        set_name_taken(name, error);
    return !has_uuid && !other;
}

static bool examine(DefineOperation *define, Virt *virt, const DwHost *host, GError **error)
{
    ChangeOperation *change = &define->change;
    const Options *options = &change->base.options;
    const DwDocument *document = change->plan->config.after;
    change_take_problems(change);
    if (!define->input.settings)
        validation_rules(NULL, document, host, change->problems);
    references_check(virt, NULL, document, change->problems);
    if (define->clone_rows)
        dw_clone_hold(document, define->clone_rows, change->problems);
    change->plan->schema_checked =
        validation_schema(NULL, document, host->libvirt_version, change->problems);
    if (options->dry_run || options->diff) {
        g_autofree char *text = dw_document_redacted(document);
        change->diff = operation_answer(dw_diff("", text), error);
        if (!change->diff)
            return false;
    }
    return options->dry_run || validation_check(change->problems, error);
}

/* What a dry run tells among the problems. */
static bool check_possible(DefineOperation *define, Virt *virt, const char *name, const char *uuid,
                           GError **error)
{
    ChangeOperation *change = &define->change;
    bool dry_run = change->base.options.dry_run;
    GError *failure = NULL;
    if (name && !check_new(define, virt, name, uuid, &failure)) {
        bool taken = g_error_matches(failure, DW_ERROR, DW_ERROR_ALREADY_EXISTS);
        if (!validation_refuse(change->problems, dry_run && taken, "already-exists", failure,
                               error))
            return false;
    }
    failure = NULL;
    return dw_document_keep_secrets(change->plan->config.after, NULL, &failure) ||
           validation_refuse(change->problems, dry_run, "invalid", failure, error);
}

static bool plan(DefineOperation *define, Virt *virt, GError **error)
{
    ChangeOperation *change = &define->change;
    change->plan = g_new0(ChangePlan, 1);
    DwDocument *document = change->plan->config.after = new_document(define, virt, error);
    if (!document)
        return false;
    g_auto(HostView) view = {0};
    operation_view(&change->base, virt, document, &view);
    g_autofree char *uuid = dw_get_string(document, "uuid");
    if (!uuid) {
        uuid = g_uuid_string_random();
        if (!document_set(document, "uuid", uuid, &view.host, 0, error))
            return false;
    }
    if (!examine(define, virt, &view.host, error))
        return false;
    g_autofree char *name = dw_get_string(document, "name");
    if (!name && !change->base.options.dry_run) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                    "A domain has to have a name; set the key name.");
        return false;
    }
    if (!check_possible(define, virt, name, uuid, error))
        return false;
    change->changed = true;
    plan_complete(change, virt);
    return true;
}

/* ---- The act ---- */

/* What the inventory is told of the new domain: libvirt's list is not read again for it. */
static VirtDomain *new_domain(const char *uuid, const char *name)
{
    VirtDomain *domain = g_new0(VirtDomain, 1);
    *domain = (VirtDomain){.id = -1,
                           .state = VIRT_SHUTOFF,
                           .persistent = true,
                           .knows_state = true,
                           .knows_persistent = true};
    g_strlcpy(domain->uuid, uuid, sizeof domain->uuid);
    domain->name = g_strdup(name);
    return domain;
}

/* Another program may have taken the name since it was looked up: then that is the error. */
static void explain_failure(Virt *virt, const ChangePlan *plan, GError *failure, GError **error)
{
    g_autofree char *other = virt_find_name(virt, plan->name, NULL);
    if (other && g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_LIBVIRT)) {
        g_error_free(failure);
        set_name_taken(plan->name, error);
    } else {
        g_propagate_error(error, failure);
    }
}

static bool act(DefineOperation *define, Task *task, Virt *virt, GError **error)
{
    ChangeOperation *change = &define->change;
    const ChangePlan *plan = change->plan;
    if (change->step == STEP_ACT &&
        (!plan_check(change, error) || !check_new(define, virt, plan->name, plan->uuid, error)))
        return false;
    if (!operation_commits(&change->base, task, error))
        return false;
    GError *failure = NULL;
    g_autofree char *uuid = define_on_host(plan, virt, &failure);
    if (!uuid) {
        explain_failure(virt, plan, failure, error);
        return false;
    }
    g_strlcpy(change->base.uuid, uuid, sizeof change->base.uuid);
    char *text = read_back(virt, uuid, error);
    if (!text)
        return false;
    g_autoptr(DwDocument) stored = domain_snapshot_take_text(&change->stored, virt, text, NULL);
    if (stored)
        stored_compare(change, stored, NULL);
    memcpy(change->revision, change->stored.revision, sizeof change->revision);
    change->stored.domain = new_domain(uuid, plan->name);
    if (define->history)
        history_keep_text(define->history, uuid, plan->name, change->revision, change->stored.text);
    return true;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    DefineOperation *define = (DefineOperation *)operation;
    ChangeOperation *change = &define->change;
    if (change->step != STEP_ACT && !plan(define, virt, error))
        return false;
    if (change->step == STEP_PLAN)
        return true;
    if (!operation->options.dry_run)
        return act(define, task, virt, error);
    /* What cannot be defined has no revision. */
    g_autofree char *errors = dw_problems_join(change->problems);
    size_t length;
    const char *text = dw_document_text(change->plan->config.after, &length);
    if (!*errors)
        revision_of(NULL, text, length, change->revision);
    return true;
}

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    DefineOperation *define = (DefineOperation *)operation;
    if (!define->history)
        define->history = history_keeper_history(host->keeper);
}

static void settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    const DefineOperation *define = (DefineOperation *)operation;
    if (define->change.stored.text)
        inventory_defined(host->inventory, &define->change.stored);
}

static void clear(Operation *operation)
{
    DefineOperation *define = (DefineOperation *)operation;
    change_operation_clear(&define->change);
    build_input_clear(&define->input);
    history_clear(define->history);
    g_free(define->recovered);
    g_clear_pointer(&define->clone_rows, g_ptr_array_unref);
    secret_text_free(define->xml);
}

static const OperationType define_type = {
    .name = "define",
    .size = sizeof(DefineOperation),
    .run = run,
    .clear = clear,
    .prepare = prepare,
    .next = change_next,
    .settle = settle,
    .first = GRANT_READ,
    .change = CHANGE_DEFINE,
    .timeout = OPERATION_TIMEOUT,
    .defines = true,
};

DefineOperation *define_operation_new(void)
{
    return change_operation_new(&define_type);
}
