/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains to be compared are a set; one batch of them at a time is on a worker, and what changes
 * meanwhile is in the set again. Who changes a domain again and again has it compared once for many
 * changes: a small batch waits a moment after the one before it. What is kept of the beginning of a
 * run is written in the domain's lane, so that an edit of ours comes before or after it.
 */
#include "host/pending-keeper.h"

#include <string.h>

#include "base/error.h"
#include "host/pending.h"

#define BATCH        8
#define TASK_TIMEOUT (30 * USEC_PER_SEC)
/* From one batch to the next, unless that is full. */
#define PAUSE (USEC_PER_SEC / 10)

struct PendingKeeper {
    Inventory *inventory;
    HostQueue *queue;
    void (*to_be_read)(void *data);
    void *data;
    Baselines *baselines; /* NULL: none are kept */
    GHashTable *changed;  /* set of Uuid: to be compared */
    bool held;            /* documents are read first */
    bool comparing;
    sd_event_source *timer; /* on while what is to be compared waits */
    int64_t begun_at;       /* µs, monotonic: the latest batch; 0: none */
};

/* ---- Eras ---- */

/* libvirt of this machine, the one of a program elsewhere, or a part of this program. */
static bool is_here(const char *uri)
{
    g_autofree char *scheme = g_strndup(uri, strcspn(uri, ":"));
    const char *transport = strchr(scheme, '+');
    return (!transport || strcmp(transport, "+unix") == 0) && strstr(uri, ":///");
}

/* Numbers of running domains begin anew when the machine does, those of the test driver with this
 * program. */
static char *era_of(const HostContext *context, const char *uri)
{
    char *boot = NULL;
    if (g_str_has_prefix(uri, "test:"))
        return g_strdup(context->run);
    if (is_here(uri) && g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
        return g_strstrip(boot);
    return g_strdup("elsewhere");
}

/* ---- Baselines ---- */

typedef struct {
    Baselines *baselines;
    GHashTable *running; /* of UUIDs as text: others' are removed; NULL: it is about one domain */
    char uuid[UUID_TEXT];
    bool started; /* else it has stopped */
} Keep;

static void keep_free(void *data)
{
    Keep *keep = data;
    baselines_unref(keep->baselines);
    g_clear_pointer(&keep->running, g_hash_table_unref);
    g_free(keep);
}

/* Again: what was kept is of that run then. */
static bool is_running(Virt *virt, const char *uuid)
{
    VirtDomain *domain = virt_domain_get(virt, uuid, NULL);
    bool running = domain && domain->id >= 0;
    virt_domain_free(domain);
    return running;
}

static void keep_run(Task *task, void *link, void *data)
{
    Keep *keep = data;
    if (keep->running)
        baselines_retain(keep->baselines, keep->running);
    else if (link && keep->started)
        pending_begin(link, keep->baselines, keep->uuid, NULL);
    else if (link && !is_running(link, keep->uuid))
        baselines_remove(keep->baselines, keep->uuid);
}

static void compare_next(PendingKeeper *keeper);

static void keep_done(TaskEnd end, void *data, void *context)
{
    PendingKeeper *keeper = context;
    compare_next(keeper);
    keeper->to_be_read(keeper->data);
}

static const TaskType keep_type = {NULL, keep_run, keep_done, keep_free};

static void submit(PendingKeeper *keeper, Keep *keep)
{
    keep->baselines = baselines_ref(keeper->baselines);
    if (host_queue_is_open(keeper->queue))
        host_queue_submit(keeper->queue, &keep_type, *keep->uuid ? keep->uuid : NULL, TASK_TIMEOUT,
                          keep, keeper, NULL);
    else
        keep_free(keep);
}

/* ---- Comparing ---- */

typedef struct {
    Uuid uuid;
    bool read;
    PendingRows rows;
} Item;

typedef struct {
    Baselines *baselines;
    unsigned count;
    Item items[BATCH];
} Batch;

static void batch_free(void *data)
{
    Batch *batch = data;
    for (unsigned i = 0; i < batch->count; i++)
        pending_rows_clear(&batch->items[i].rows);
    baselines_unref(batch->baselines);
    g_free(batch);
}

static void batch_run(Task *task, void *link, void *data)
{
    Batch *batch = data;
    for (unsigned i = 0; link && i < batch->count && !task_is_abandoned(task); i++) {
        Item *item = &batch->items[i];
        char uuid[UUID_TEXT];
        uuid_format(&item->uuid, uuid);
        item->read = pending_read(link, batch->baselines, uuid, &item->rows, NULL);
    }
}

static void batch_done(TaskEnd end, void *data, void *context)
{
    PendingKeeper *keeper = context;
    const Batch *batch = data;
    keeper->comparing = false;
    for (unsigned i = 0; batch && i < batch->count; i++) {
        const Item *item = &batch->items[i];
        Domain *domain = inventory_find_any(keeper->inventory, &item->uuid);
        if (domain && item->read && domain->id == item->rows.id) {
            inventory_set_run(domain, item->rows.started_at, item->rows.rows->len > 0);
            inventory_saw(domain, false, item->rows.revision);
            inventory_saw(domain, true, item->rows.live_revision);
        }
    }
    keeper->to_be_read(keeper->data);
    compare_next(keeper);
}

static const TaskType batch_type = {NULL, batch_run, batch_done, batch_free};

/* True when a moment has to pass first. */
static bool pauses(PendingKeeper *keeper)
{
    int64_t over = keeper->begun_at ? keeper->begun_at + (int64_t)PAUSE : 0;
    if (g_hash_table_size(keeper->changed) >= BATCH || g_get_monotonic_time() >= over)
        return false;
    return sd_event_source_set_time(keeper->timer, over) >= 0 &&
           sd_event_source_set_enabled(keeper->timer, SD_EVENT_ONESHOT) >= 0;
}

static void compare_next(PendingKeeper *keeper)
{
    GHashTableIter iter;
    gpointer uuid;
    if (keeper->held || keeper->comparing || g_hash_table_size(keeper->changed) == 0 ||
        !host_queue_is_open(keeper->queue) || pauses(keeper))
        return;
    keeper->begun_at = g_get_monotonic_time();
    Batch *batch = g_new0(Batch, 1);
    batch->baselines = keeper->baselines ? baselines_ref(keeper->baselines) : NULL;
    g_hash_table_iter_init(&iter, keeper->changed);
    while (batch->count < BATCH && g_hash_table_iter_next(&iter, &uuid, NULL)) {
        batch->items[batch->count++].uuid = *(const Uuid *)uuid;
        g_hash_table_iter_remove(&iter);
    }
    keeper->comparing =
        host_queue_submit(keeper->queue, &batch_type, NULL, TASK_TIMEOUT, batch, keeper, NULL);
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
    compare_next(userdata);
    return 0;
}

/* ---- Interface ---- */

PendingKeeper *pending_keeper_new(const HostContext *context, const char *name, const char *uri,
                                  Inventory *inventory, HostQueue *queue,
                                  void (*to_be_read)(void *data), void *data)
{
    PendingKeeper *keeper = g_new0(PendingKeeper, 1);
    *keeper = (PendingKeeper){.inventory = inventory, .queue = queue, .held = true};
    keeper->to_be_read = to_be_read;
    keeper->data = data;
    keeper->changed = g_hash_table_new_full(uuid_hash, uuid_equal, g_free, NULL);
    need_memory(sd_event_add_time(context->event, &keeper->timer, CLOCK_MONOTONIC, 0, 0,
                                  on_pause_over, keeper));
    need_memory(sd_event_source_set_enabled(keeper->timer, SD_EVENT_OFF));
    if (context->state_directory) {
        g_autofree char *directory =
            g_build_filename(context->state_directory, "baselines", name, NULL);
        g_autofree char *era = era_of(context, uri);
        keeper->baselines = baselines_new(directory, era);
    }
    return keeper;
}

void pending_keeper_free(PendingKeeper *keeper)
{
    if (!keeper)
        return;
    sd_event_source_disable_unref(keeper->timer);
    g_hash_table_unref(keeper->changed);
    baselines_unref(keeper->baselines);
    g_free(keeper);
}

Baselines *pending_keeper_baselines(const PendingKeeper *keeper)
{
    return keeper && keeper->baselines ? baselines_ref(keeper->baselines) : NULL;
}

void pending_keeper_changed(PendingKeeper *keeper, const Domain *domain)
{
    if (!domain_active(domain))
        return;
    g_hash_table_add(keeper->changed, g_memdup2(&domain->uuid, sizeof domain->uuid));
    compare_next(keeper);
}

void pending_keeper_started(PendingKeeper *keeper, const Domain *domain)
{
    if (!keeper->baselines || !domain_active(domain))
        return;
    Keep *keep = g_new0(Keep, 1);
    keep->started = true;
    uuid_format(&domain->uuid, keep->uuid);
    submit(keeper, keep);
}

void pending_keeper_stopped(PendingKeeper *keeper, const Domain *domain)
{
    if (!keeper->baselines)
        return;
    Keep *keep = g_new0(Keep, 1);
    uuid_format(&domain->uuid, keep->uuid);
    submit(keeper, keep);
}

void pending_keeper_resync(PendingKeeper *keeper)
{
    Keep *keep = g_new0(Keep, 1);
    GHashTableIter iter;
    gpointer value;
    keep->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    keeper->held = true;
    g_hash_table_iter_init(&iter, keeper->inventory->domains);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Domain *domain = value;
        if (!domain_active(domain))
            continue;
        char *uuid = g_malloc(UUID_TEXT);
        uuid_format(&domain->uuid, uuid);
        g_hash_table_add(keep->running, uuid);
        pending_keeper_changed(keeper, domain);
    }
    if (keeper->baselines)
        submit(keeper, keep);
    else
        keep_free(keep);
}

void pending_keeper_caught_up(PendingKeeper *keeper)
{
    keeper->held = false;
    compare_next(keeper);
}
