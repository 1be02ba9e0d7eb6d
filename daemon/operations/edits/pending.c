/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares at the time of the call, whatever has been heard of the domain. run() is for workers,
 * the rest for the main thread. */
#include "operations/edits/pending.h"

#include "host/host.h"
#include "operations/edits/live-plug.h"
#include "operations/edits/live-steps.h"
#include "operations/edits/live-tuning.h"

/* A drive reads a medium in another format only with another medium. */
static bool lacks_medium(const GPtrArray *rows, const DwPending *row)
{
    if (!g_str_equal(row->kind, "disk") || !g_str_equal(row->key, "driver.type"))
        return false;
    for (guint i = 0; i < rows->len; i++) {
        const DwPending *other = rows->pdata[i];
        if (g_str_equal(other->kind, row->kind) && g_str_equal(other->id, row->id) &&
            (g_str_equal(other->key, "type") || g_str_has_prefix(other->key, "source.")))
            return false;
    }
    return true;
}

/* A key that is set or unset waits for a restart where a running domain has it from its start or
 * never, and so does what this domain, or its host, cannot change now. */
static bool can_be_now(const PendingOperation *pending, const DwPending *row,
                       const DwDevice *device, Virt *virt)
{
    if (g_str_equal(row->kind, "interface") && !live_steps_fit_interface(device, row->key))
        return false;
    return !lacks_medium(pending->pending.rows, row) &&
           live_steps_can(row->kind, row->key, row->has_live, row->has_config) &&
           (*row->kind || live_tuning_can(virt, pending->base.uuid, row));
}

/* A whole device waits for a restart only if it cannot be plugged. */
static void look_whether_now(const PendingOperation *pending, DwPending *row, Virt *virt)
{
    const DwDevice device = {row->kind, row->id, row->properties};
    if (*row->key) {
        if (row->waits == DW_WAITS_NOW && !can_be_now(pending, row, &device, virt))
            row->waits = DW_WAITS_RESTART;
        return;
    }
    if (!row->properties || row->waits != DW_WAITS_RESTART)
        return;
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    if (live_plug_check(&device, row->has_config, virt_version(virt), impossible))
        row->waits = DW_WAITS_NOW;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    PendingOperation *pending = (PendingOperation *)operation;
    if (!pending_read(virt, pending->baselines, operation->uuid, &pending->pending, error))
        return false;
    for (guint i = 0; i < pending->pending.rows->len; i++)
        look_whether_now(pending, pending->pending.rows->pdata[i], virt);
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
