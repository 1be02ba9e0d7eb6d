/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A restart in two steps: the guest is asked to shut down; when libvirt has told that the domain
 * stopped, it is started. No worker is held in between. A guest that does not go in time is forced
 * off where that was asked for, else the restart has failed. Once the guest was asked the restart
 * goes on although its caller may have left: nobody else would start the domain. run() is for
 * workers, the rest for the main thread.
 */
#include "operations/restart.h"

#include <string.h>

#include "base/error.h"
#include "base/secret-text.h"
#include "host/host.h"
#include "host/pending.h"
#include "operations/power.h"

/* A guest that shuts down is reset then, by the same program: its run goes on. */
static bool starts_anew(Virt *virt, const char *uuid)
{
    char *text = virt_domain_xml(virt, uuid, true, NULL);
    g_autoptr(DwDocument) document = text ? dw_document_parse(text, strlen(text), NULL) : NULL;
    secret_text_free(text);
    g_autofree char *action = document ? dw_get_string(document, "on_poweroff") : NULL;
    return g_strcmp0(action, "restart") == 0;
}

/* How it is to stop: a paused one cannot be asked. False: not at all. */
static bool choose_action(const Operation *operation, Virt *virt, const VirtDomain *domain,
                          VirtAction *ret_action, GError **error)
{
    bool paused = domain->state == VIRT_PAUSED;
    *ret_action = paused ? VIRT_DESTROY : VIRT_SHUT_DOWN;
    if (!domain->persistent && domain->knows_persistent)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The domain is transient: once it has stopped there is nothing to start.");
    else if (paused && !operation->options.force)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The domain is paused, so that its guest cannot shut down. Resume it first, or "
                    "use option force to force it off.");
    else if (!paused && !operation->options.force && starts_anew(virt, operation->uuid))
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The running domain has on_poweroff \"restart\": when its guest shuts down, it "
                    "starts anew in the same run, and what waits is not applied. Set on_poweroff "
                    "to destroy first (use affect \"live\"), or use option force to force it off.");
    else
        return true;
    return false;
}

static bool shut_down(Operation *operation, Task *task, Virt *virt, GError **error)
{
    VirtDomain *domain = virt_domain_get(virt, operation->uuid, error);
    VirtAction action;
    bool chosen = domain && choose_action(operation, virt, domain, &action, error);
    virt_domain_free(domain);
    return chosen && operation_commits(operation, task, error) &&
           virt_domain_act(virt, operation->uuid, action, 0, error);
}

/* Another program may have started it in this moment, and then it is done, too. */
static bool is_running(RestartOperation *restart, Virt *virt)
{
    VirtDomain *domain = virt_domain_get(virt, restart->base.uuid, NULL);
    restart->snapshot.domain = domain;
    return domain && domain->id >= 0 && domain->id != restart->id;
}

static bool start(RestartOperation *restart, Task *task, Virt *virt, GError **error)
{
    const char *uuid = restart->base.uuid;
    GError *failure = NULL;
    task_set_committed(task);
    bool made = virt_domain_act(virt, uuid, VIRT_START, 0, &failure);
    if (!is_running(restart, virt) && !made) {
        g_propagate_prefixed_error(error, failure,
                                   "The domain was shut down, but not started again: ");
        return false;
    }
    g_clear_error(&failure);
    restart->running = start_read_running(virt, restart->baselines, uuid);
    return true;
}

/* The guest may have gone by itself after all. */
static bool force_off(const RestartOperation *restart, Task *task, Virt *virt, GError **error)
{
    const char *uuid = restart->base.uuid;
    g_autoptr(GError) failure = NULL;
    task_set_committed(task);
    if (virt_domain_act(virt, uuid, VIRT_DESTROY, 0, &failure))
        return true;
    VirtDomain *domain = virt_domain_get(virt, uuid, NULL);
    bool stopped = domain && domain->id != restart->id;
    virt_domain_free(domain);
    if (!stopped)
        g_propagate_error(error, g_steal_pointer(&failure));
    return stopped;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    RestartOperation *restart = (RestartOperation *)operation;
    switch (restart->step) {
    case RESTART_FORCE:
        return force_off(restart, task, virt, error) && start(restart, task, virt, error);
    case RESTART_START:
        return start(restart, task, virt, error);
    default:
        return shut_down(operation, task, virt, error);
    }
}

/* ---- Main thread ---- */

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    RestartOperation *restart = (RestartOperation *)operation;
    if (!restart->baselines)
        restart->baselines = pending_keeper_baselines(host->pending);
    if (restart->step == RESTART_SHUT_DOWN)
        restart->id = domain ? domain->id : -1;
}

static OperationNext next(const Operation *operation)
{
    return ((const RestartOperation *)operation)->step == RESTART_SHUT_DOWN ? NEXT_WAIT : NEXT_DONE;
}

static bool has_stopped(const Operation *operation, const Domain *domain)
{
    return !domain || domain->id != ((const RestartOperation *)operation)->id;
}

static uint64_t patience(const Operation *operation)
{
    return options_timeout(&operation->options);
}

static bool refuse(const Operation *operation, const Domain *domain, bool stopping, GError **error)
{
    if (stopping)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "The service is stopping: the guest was asked to shut down, and is not started "
                    "again.");
    else if (!domain)
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND,
                    "The domain is gone since it was shut down, so it was not started again.");
    else
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "The guest has not shut down within %g s, and was not restarted. It may still "
                    "shut down, and is not started again then. Give it more time with option "
                    "timeout, or use option force to force it off.",
                    (double)patience(operation) / OPERATION_SECOND);
    return false;
}

static bool go_on(Operation *operation, const Domain *domain, bool stopping, GError **error)
{
    RestartOperation *restart = (RestartOperation *)operation;
    bool stopped = has_stopped(operation, domain);
    restart->step = stopped ? RESTART_START : RESTART_FORCE;
    if (stopping || !domain || (!stopped && !operation->options.force))
        return refuse(operation, domain, stopping, error);
    return true;
}

static void settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    RestartOperation *restart = (RestartOperation *)operation;
    if (!domain)
        return;
    inventory_mark_doubtful(domain);
    start_settle(host, domain, &restart->snapshot, g_steal_pointer(&restart->running), superseded);
}

static void clear(Operation *operation)
{
    RestartOperation *restart = (RestartOperation *)operation;
    domain_snapshot_clear(&restart->snapshot);
    secret_text_free(restart->running);
    baselines_unref(restart->baselines);
}

static const OperationWait restart_wait = {has_stopped, patience, go_on};

static const OperationType restart_type = {
    .name = "restart",
    .size = sizeof(RestartOperation),
    .run = run,
    .clear = clear,
    .prepare = prepare,
    .next = next,
    .wait = &restart_wait,
    .settle = settle,
    .first = GRANT_CHANGE,
    .change = CHANGE_CONTROL,
    .timeout = 30 * OPERATION_SECOND,
};

RestartOperation *restart_operation_new(void)
{
    return operation_new(&restart_type);
}
