/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work that may block, done by a bounded number of threads from a bounded queue, each piece with a
 * deadline. A job has two halves that never meet: `data` belongs to the thread that runs it,
 * `context` to the main thread. When the deadline passes the main half is told and goes its way;
 * the thread is left to finish, and its data is freed when it does.
 *
 * All functions except job_* are for the main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "mailbox.h"

typedef struct JobPool JobPool;
typedef struct Job Job;

typedef enum {
    JOB_DONE,      /* data is valid */
    JOB_TIMEOUT,   /* the deadline passed; data is NULL here and below */
    JOB_UNCERTAIN, /* the deadline passed after job_set_committed */
    JOB_CANCELLED, /* never ran: the pool was emptied, or prepare refused */
} JobEnd;

typedef struct {
    /* Main thread, when the job's turn has come: the last moment to put something into data. False
     * cancels the job. May be NULL. */
    bool (*prepare)(void *data, void *context);
    /* Worker. link is what the pool's source gave for this job, or NULL. */
    void (*run)(Job *job, void *link, void *data);
    /* Main thread, exactly once for each job submitted; context is its to free, data is not. */
    void (*done)(JobEnd end, void *data, void *context);
    void (*free)(void *data);
    /* Main thread: on whose behalf, so that users take turns; may be NULL: nobody's. */
    uid_t (*owner)(const void *data);
} JobType;

/* Where a worker gets what it needs to do a job, and where it brings it back; both may block. */
typedef struct {
    void *(*take)(void *source);
    void (*give_back)(void *source, void *link);
    void *source;
} JobSource;

/* source NULL: links are NULL. */
JobPool *job_pool_new(sd_event *event, Mailbox *mailbox, unsigned max_threads, unsigned max_queue,
                      const JobSource *source);
/* Ends its threads; false when one is stuck in a job, and then the pool cannot be freed. */
bool job_pool_stop(JobPool *pool);
/* After job_pool_stop, and when the mailbox has been read. */
void job_pool_free(JobPool *pool);
/* Cancels what has not started. */
void job_pool_cancel_waiting(JobPool *pool);
/* Its threads end, each when it has nothing to do; others follow as they are needed. */
void job_pool_dismiss(JobPool *pool);
/* Jobs running or waiting, those past their deadline not counted. */
unsigned job_pool_count(const JobPool *pool);
/* True while a job of this key is running or waiting, also past its deadline. */
bool job_pool_key_busy(const JobPool *pool, const char *key);

/*
 * Takes data and context in every case; on failure (the queue is full) data is freed and context is
 * still the caller's. Jobs with the same key run one after the other; key NULL: with any.
 * timeout_usec counts from now.
 */
bool job_submit(JobPool *pool, const JobType *type, const char *key, uint64_t timeout_usec,
                void *data, void *context, GError **error);
/* The same, but run right here on the main thread when no job of its key is in the way. */
bool job_submit_small(JobPool *pool, const JobType *type, const char *key, uint64_t timeout_usec,
                      void *data, void *context, GError **error);

/* From run: what follows may change something even if its answer never comes. */
void job_set_committed(Job *job);
/* From run: the deadline has passed, nobody waits for the answer. */
bool job_is_abandoned(Job *job);
