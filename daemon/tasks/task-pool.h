/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work that may block, done by a bounded number of threads from a bounded queue, each piece with a
 * deadline. A task has two halves that never meet: `data` belongs to the thread that runs it,
 * `context` to the main thread. When the deadline passes the main half is told and goes its way;
 * the thread is left to finish, and its data is freed when it does. One user never has all threads
 * of a pool, those left to finish included. Those who keep the processors busy take turns
 * (processors.h), and never have all threads together.
 *
 * All functions except task_set_committed and task_is_abandoned are for the main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "base/mailbox.h"

typedef struct TaskPool TaskPool;
typedef struct Task Task;

typedef enum {
    TASK_DONE,      /* data is valid */
    TASK_TIMEOUT,   /* the deadline passed; data is NULL here and below */
    TASK_UNCERTAIN, /* the deadline passed after task_set_committed */
    TASK_CANCELLED, /* never ran: the pool was emptied, or prepare refused */
} TaskEnd;

typedef struct {
    /* Main thread, when the task's turn has come: the last moment to put something into data. False
     * cancels the task. May be NULL. */
    bool (*prepare)(void *data, void *context);
    /* Worker. link is what the pool's source gave for this task, or NULL. */
    void (*run)(Task *task, void *link, void *data);
    /* Main thread, exactly once for each task submitted; context is its to free, data is not. */
    void (*done)(TaskEnd end, void *data, void *context);
    void (*free)(void *data);
    /* Main thread: on whose behalf, so that users take turns; may be NULL: nobody's. */
    uid_t (*owner)(const void *data);
    /* Main thread, after run, unless the deadline has passed: true when it is to run once more,
     * after task_resume(). Until then it has no thread, but its lane. May be NULL: false. */
    bool (*again)(Task *task, void *data, void *context);
} TaskType;

/* Where a worker gets what it needs to do a task, and where it brings it back; both may block. */
typedef struct {
    void *(*take)(void *source);
    void (*give_back)(void *source, void *link);
    void *source;
} TaskSource;

/* source NULL: links are NULL. */
TaskPool *task_pool_new(sd_event *event, Mailbox *mailbox, unsigned max_threads, unsigned max_queue,
                        const TaskSource *source);
/* Ends its threads; false when one is stuck in a task, and then the pool cannot be freed. */
bool task_pool_stop(TaskPool *pool);
/* After task_pool_stop, and when the mailbox has been read. */
void task_pool_free(TaskPool *pool);
/* Cancels what has not started. */
void task_pool_cancel_waiting(TaskPool *pool);
/* Its threads end, each when it has nothing to do; others follow as they are needed. */
void task_pool_dismiss(TaskPool *pool);
/* True while a task of this key is running or waiting, also past its deadline. */
bool task_pool_key_busy(const TaskPool *pool, const char *key);

/*
 * Takes data and context in every case; on failure (the queue is full) data is freed and context is
 * still the caller's. Tasks with the same key run one after the other; key NULL: with any.
 * timeout_usec counts from now.
 */
bool task_submit(TaskPool *pool, const TaskType *type, const char *key, uint64_t timeout_usec,
                 void *data, void *context, GError **error);
/* The same, but run right here on the main thread when no task of its key is in the way. */
bool task_submit_small(TaskPool *pool, const TaskType *type, const char *key, uint64_t timeout_usec,
                       void *data, void *context, GError **error);

/* A task whose again() was true, and that has not been answered since. Not from within again(). */
void task_resume(Task *task);

/* From run: what follows may change something even if its answer never comes. */
void task_set_committed(Task *task);
/* From run: the deadline has passed, nobody waits for the answer. */
bool task_is_abandoned(Task *task);
