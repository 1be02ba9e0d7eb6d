/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns changes that are written before it is certain that they are made: where the disk is slow a
 * thread synchronises the file while the worker looks at the domain once more. Used by operations
 * on worker threads.
 */
#include <pthread.h>
#include <string.h>

#include "history/store.h"

/* Starting a thread and waiting for its end takes about 0.1 ms, and the look 0.3 ms. */
#define SLOW 1000 /* µs */

struct HistoryAhead {
    History *history;
    char *uuid;
    Journal journal;
    pthread_t thread;
    bool joinable;
    bool done;
    GError *error;
};

/* The file is unlocked as soon as can be: libvirt may keep the worker waiting. */
static void *synchronise(void *data)
{
    HistoryAhead *ahead = data;
    int64_t begin = g_get_monotonic_time();
    ahead->done = journal_sync(&ahead->journal, &ahead->error);
    int64_t took = g_get_monotonic_time() - begin;
    g_atomic_int_set(&ahead->history->sync_time, (gint)MIN(took, G_MAXINT));
    journal_close(&ahead->journal);
    return NULL;
}

/* Whether the domain's definition is the last record, so that the change alone is to be added. */
static bool follows(const Journal *journal, const char *revision)
{
    g_auto(StoredDocument) stored = {0};
    return journal->size > 0 && journal->last.type == RECORD_DOCUMENT &&
           newest_document(journal, &stored) && strcmp(stored.revision, revision) == 0;
}

HistoryAhead *history_begin_ahead(History *history, const char *uuid, const HistoryChange *change)
{
    Journal journal;
    if (!history_open(history, uuid, JOURNAL_WRITE, &journal, NULL))
        return NULL;
    if (!follows(&journal, change->revision)) {
        journal_close(&journal);
        return NULL;
    }
    append_change(history, uuid, &journal, change);
    HistoryAhead *ahead = g_new0(HistoryAhead, 1);
    *ahead = (HistoryAhead){history_ref(history), g_strdup(uuid), journal};
    ahead->joinable = g_atomic_int_get(&history->sync_time) >= SLOW &&
                      pthread_create(&ahead->thread, NULL, synchronise, ahead) == 0;
    if (!ahead->joinable)
        synchronise(ahead);
    return ahead;
}

bool history_ahead_join(HistoryAhead *ahead, GError **error)
{
    if (ahead->joinable)
        pthread_join(ahead->thread, NULL);
    bool done = ahead->done;
    if (ahead->error)
        g_propagate_error(error, ahead->error);
    history_unref(ahead->history);
    g_free(ahead->uuid);
    g_free(ahead);
    return done;
}

void history_ahead_cancel(HistoryAhead *ahead)
{
    if (!ahead)
        return;
    g_autoptr(History) history = history_ref(ahead->history);
    g_autofree char *uuid = g_strdup(ahead->uuid);
    if (history_ahead_join(ahead, NULL))
        history_end(history, uuid, HISTORY_FAILED, NULL, NULL);
}
