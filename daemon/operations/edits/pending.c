/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares at the time of the call, whatever has been heard of the domain. run() is for workers,
 * the rest for the main thread. */
#include "operations/edits/pending.h"

#include "host/host.h"
#include "operations/edits/pending-now.h"

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    PendingOperation *pending = (PendingOperation *)operation;
    if (!pending_read(virt, pending->baselines, operation->uuid, &pending->pending, error))
        return false;
    pending_now_look(operation, virt, pending->pending.rows);
    return true;
}

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    ((PendingOperation *)operation)->baselines = pending_keeper_baselines(host->pending);
}

static void settle(Operation *operation, Host *host, Domain *domain, bool superseded)
{
    const PendingRows *pending = &((PendingOperation *)operation)->pending;
    if (!domain)
        return;
    /* Another program may have changed it without an event. */
    inventory_mark_doubtful(domain);
    inventory_mark_live_doubtful(domain, false);
    if (!superseded && domain->id == pending->id && pending->id >= 0)
        inventory_set_run(domain, pending->started_at, pending->rows->len > 0);
}

static void clear(Operation *operation)
{
    PendingOperation *pending = (PendingOperation *)operation;
    pending_rows_clear(&pending->pending);
    baselines_unref(pending->baselines);
}

static const OperationType pending_type = {
    .name = "pending",
    .size = sizeof(PendingOperation),
    .run = run,
    .clear = clear,
    .prepare = prepare,
    .settle = settle,
    .first = GRANT_READ,
    .timeout = OPERATION_TIMEOUT,
};

PendingOperation *pending_operation_new(void)
{
    return operation_new(&pending_type);
}
