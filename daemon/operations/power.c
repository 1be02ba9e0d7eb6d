/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Acting on a domain without its document. There are three types of the one struct, as autostart
 * and undefine wait for edits of the domain and the others do not, and as undefine has an action
 * of its own in the policy. An action that needs none of that is a row of libvirt/domain.c alone.
 * run() is for workers, settle() for the main thread.
 */
#include "operations/power.h"

#include <string.h>

#include "host/host.h"
#include "host/pending.h"
#include "operations/history-entry.h"

/* A guest may take its time to stop, and libvirt waits for some of it. */
#define POWER_TIMEOUT (30 * OPERATION_SECOND)

/* libvirt refuses it, too, but only once the document that runs would have been kept in the place
 * of the last definition. */
static bool has_definition(const PowerOperation *power, Virt *virt, GError **error)
{
    if (power->action != VIRT_UNDEFINE)
        return true;
    VirtDomain *domain = virt_domain_get(virt, power->base.uuid, error);
    bool is_transient = domain && domain->knows_persistent && !domain->persistent,
         defined = domain && !is_transient;
    virt_domain_free(domain);
    if (is_transient)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The domain is transient: it has no definition to remove, and is gone once it "
                    "has stopped.");
    return defined;
}

/* Undefining it is the end of its definition, so that is kept first. */
static bool keep_definition(const PowerOperation *power, Virt *virt, HistoryEntry *entry,
                            GError **error)
{
    const Operation *base = &power->base;
    if (power->action != VIRT_UNDEFINE || !power->history)
        return true;
    g_autofree char *text = virt_domain_xml(virt, base->uuid, false, error);
    g_autoptr(DwDocument) document = text ? dw_document_parse(text, strlen(text), error) : NULL;
    if (!document)
        return false;
    char revision[REVISION_TEXT];
    operation_revision(base, virt, document, revision);
    return history_entry_begin(entry, power->history, base, HISTORY_UNDEFINE, revision, document,
                               NULL, error);
}

char *start_read_running(Virt *virt, Baselines *baselines, const char *uuid)
{
    char *running = virt_domain_xml(virt, uuid, true, NULL);
    if (running)
        pending_begin(virt, baselines, uuid, running);
    return running;
}

/* What became of the domain is read at once; failing to read it is no failure of the action. */
static void read_news(PowerOperation *power, Virt *virt)
{
    const char *uuid = power->base.uuid;
    g_autoptr(GError) failure = NULL;
    power->snapshot.domain = virt_domain_get(virt, uuid, &failure);
    power->gone = g_error_matches(failure, DW_ERROR, DW_ERROR_NOT_FOUND);
    if (power->action == VIRT_START || power->action == VIRT_START_PAUSED)
        power->running = start_read_running(virt, power->baselines, uuid);
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    PowerOperation *power = (PowerOperation *)operation;
    HistoryEntry entry = {0};
    GError *failure = NULL;
    if (!has_definition(power, virt, error) || !keep_definition(power, virt, &entry, error))
        return false;
    if (!operation_commits(operation, task, &failure) ||
        !virt_domain_act(virt, operation->uuid, power->action, power->undefine, &failure)) {
        history_entry_failed(&entry, operation, failure);
        g_propagate_error(error, failure);
        return false;
    }
    history_entry_removed(&entry);
    read_news(power, virt);
    return true;
}

static bool run_autostart(Operation *operation, Task *task, Virt *virt, GError **error)
{
    return operation_commits(operation, task, error) &&
           virt_domain_act(virt, operation->uuid, ((PowerOperation *)operation)->action, 0, error);
}

static void clear(Operation *operation)
{
    PowerOperation *power = (PowerOperation *)operation;
    domain_snapshot_clear(&power->snapshot);
    secret_text_free(power->running);
    history_clear(power->history);
    baselines_unref(power->baselines);
}

/* libvirt's events arrive in order: once one has been reported for the domain, the inventory knows
 * something newer than what was read here. But it may be of what came before the start, whose own
 * event tells an id that is higher than all before. */
void start_settle(Host *host, Domain *domain, const DomainSnapshot *snapshot, char *running,
                  bool superseded)
{
    if (!snapshot->domain) {
        secret_text_free(running);
        inventory_mark_doubtful(domain);
        return;
    }
    if (!superseded || (domain->id < 0 && snapshot->domain->id >= domain->next_id))
        inventory_update(host->inventory, snapshot, NULL);
    inventory_started(domain, snapshot->domain->id, running);
}

/* An edit that follows must not define anew what was undefined, whatever else has been heard of the
 * domain: that it is transient now is taken, and what may have become of it since is read. */
static void settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    PowerOperation *power = (PowerOperation *)operation;
    bool takes = !superseded || power->action == VIRT_UNDEFINE;
    if (!domain)
        return;
    if (power->gone) {
        if (!superseded)
            inventory_remove(domain);
    } else {
        start_settle(host, domain, &power->snapshot, g_steal_pointer(&power->running), !takes);
        if (superseded && takes)
            inventory_mark_doubtful(domain);
    }
}

/* libvirt has no event for it. */
static void settle_autostart(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    const PowerOperation *power = (PowerOperation *)operation;
    if (domain)
        inventory_set_autostart(domain, power->action == VIRT_AUTOSTART_ON, g_get_monotonic_time());
}

static void prepare_undefine(Operation *operation, Host *host, Domain *domain)
{
    ((PowerOperation *)operation)->history = history_keeper_history(host->keeper);
}

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    ((PowerOperation *)operation)->baselines = pending_keeper_baselines(host->pending);
}

/* Not serialised: starting and stopping wait neither for an edit nor for one another. */
static const OperationType power_type = {
    .name = "power",
    .size = sizeof(PowerOperation),
    .run = run,
    .clear = clear,
    .prepare = prepare,
    .settle = settle,
    .first = GRANT_CHANGE,
    .change = CHANGE_CONTROL,
    .timeout = POWER_TIMEOUT,
};

static const OperationType autostart_type = {
    .name = "autostart",
    .size = sizeof(PowerOperation),
    .run = run_autostart,
    .clear = clear,
    .settle = settle_autostart,
    .first = GRANT_CHANGE,
    .change = CHANGE_CONTROL,
    .timeout = POWER_TIMEOUT,
    .serialised = true,
};

static const OperationType undefine_type = {
    .name = "undefine",
    .size = sizeof(PowerOperation),
    .run = run,
    .clear = clear,
    .prepare = prepare_undefine,
    .settle = settle,
    .first = GRANT_CHANGE,
    .change = CHANGE_UNDEFINE,
    .timeout = POWER_TIMEOUT,
    .serialised = true,
};

static const OperationType *type_of(VirtAction action)
{
    switch (action) {
    case VIRT_AUTOSTART_ON:
    case VIRT_AUTOSTART_OFF:
        return &autostart_type;
    case VIRT_UNDEFINE:
        return &undefine_type;
    default:
        return &power_type;
    }
}

PowerOperation *power_operation_new(VirtAction action, VirtUndefineFlags flags)
{
    PowerOperation *power = operation_new(type_of(action));
    power->action = action;
    power->undefine = flags;
    return power;
}
