/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the tasks by which the inventory reaches the history. A task has the lane of its domain, so
 * it does not see a change of ours half done. What cannot be written is tried again by the next
 * event or reading of the domain; nothing waits for it.
 */
#include "host/history-keeper.h"

#include "base/log.h"

#define TASK_TIMEOUT   (30 * USEC_PER_SEC)
#define PRUNE_INTERVAL (6 * 3600 * USEC_PER_SEC)

struct HistoryKeeper {
    const HostContext *context;
    char *name;
    bool is_scratch; /* the test driver's domains are in memory alone */
    Inventory *inventory;
    HostQueue *queue;
    History *history;   /* NULL: none is kept */
    int64_t next_prune; /* µs, monotonic */
};

typedef enum { KEEP_PRESENT, KEEP_GONE, KEEP_PRUNED } KeepWhat;

typedef struct {
    KeepWhat what;
    History *history;
    GHashTable *present; /* of UUIDs as text */
    uint64_t time;       /* of the snapshot */
    char uuid[UUID_TEXT];
} Keep;

static void keep_free(void *data)
{
    Keep *keep = data;
    history_unref(keep->history);
    g_clear_pointer(&keep->present, g_hash_table_unref);
    g_free(keep);
}

static void keep_run(Task *task, void *link, void *data)
{
    const Keep *keep = data;
    g_autoptr(GError) error = NULL;
    switch (keep->what) {
    case KEEP_PRESENT:
        history_present(keep->history, keep->present, keep->time, &error);
        break;
    case KEEP_GONE:
        history_gone(keep->history, keep->uuid, &error);
        break;
    case KEEP_PRUNED:
        history_prune(keep->history, g_get_real_time(), &error);
        break;
    }
    if (error)
        log_line("history: %s", error->message);
}

static void keep_done(TaskEnd end, void *data, void *context)
{
}

static const TaskType keep_type = {NULL, keep_run, keep_done, keep_free};

/* Nothing is submitted while there is no connection: the next one brings a resync. */
static void submit(HistoryKeeper *keeper, Keep *keep)
{
    const char *lane = *keep->uuid ? keep->uuid : NULL;
    keep->history = history_ref(keeper->history);
    if (host_queue_is_open(keeper->queue))
        host_queue_submit(keeper->queue, &keep_type, lane, TASK_TIMEOUT, keep, keeper, NULL);
    else
        keep_free(keep);
}

HistoryKeeper *history_keeper_new(const HostContext *context, const char *name, const char *uri,
                                  Inventory *inventory, HostQueue *queue)
{
    HistoryKeeper *keeper = g_new0(HistoryKeeper, 1);
    *keeper = (HistoryKeeper){
        .context = context,
        .name = g_strdup(name),
        .is_scratch = g_str_has_prefix(uri, "test:") || g_str_has_prefix(uri, "test+"),
        .inventory = inventory,
        .queue = queue,
    };
    history_keeper_load(keeper);
    g_autoptr(GError) error = NULL;
    if (keeper->history && !history_settle_intents(keeper->history, &error))
        log_line("history: %s", error->message);
    return keeper;
}

void history_keeper_free(HistoryKeeper *keeper)
{
    if (!keeper)
        return;
    history_clear(keeper->history);
    g_free(keeper->name);
    g_free(keeper);
}

void history_keeper_load(HistoryKeeper *keeper)
{
    const HostContext *context = keeper->context;
    history_clear(keeper->history);
    keeper->history = NULL;
    if (!context->history_directory)
        return;
    g_autofree char *directory = g_build_filename(context->history_directory, keeper->name, NULL);
    keeper->history =
        history_new(directory, context->run, &context->history_limits, keeper->is_scratch);
}

History *history_keeper_history(const HistoryKeeper *keeper)
{
    return keeper && keeper->history ? history_ref(keeper->history) : NULL;
}

void history_keeper_idle(HistoryKeeper *keeper)
{
    int64_t now = g_get_monotonic_time();
    if (!keeper->history || now < keeper->next_prune)
        return;
    keeper->next_prune = now + PRUNE_INTERVAL;
    Keep *keep = g_new0(Keep, 1);
    keep->what = KEEP_PRUNED;
    submit(keeper, keep);
}

/* Hidden domains exist, too, as far as anybody knows. */
void history_keeper_resync(HistoryKeeper *keeper)
{
    if (!keeper->history)
        return;
    Keep *keep = g_new0(Keep, 1);
    keep->what = KEEP_PRESENT;
    keep->time = g_get_real_time();
    keep->present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, keeper->inventory->domains);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Domain *domain = value;
        char *uuid = g_malloc(UUID_TEXT);
        uuid_format(&domain->uuid, uuid);
        g_hash_table_add(keep->present, uuid);
    }
    submit(keeper, keep);
}

void history_keeper_removed(HistoryKeeper *keeper, const Domain *domain)
{
    if (!keeper->history)
        return;
    Keep *keep = g_new0(Keep, 1);
    keep->what = KEEP_GONE;
    uuid_format(&domain->uuid, keep->uuid);
    submit(keeper, keep);
}
