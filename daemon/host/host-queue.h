/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The queue of a host's tasks: a pool of threads, each task with a libvirt connection of its own,
 * and the error when there is none to be had. Used by the reader, the poll and operations; main
 * thread.
 */
#pragma once

#include "host/connector.h"
#include "tasks/task-pool.h"

typedef struct HostQueue HostQueue;

/* connector: of the same host, outlives the queue. name: of the host, for errors; not copied. */
HostQueue *host_queue_new(HostContext *context, const char *name, const char *uri,
                          const Connector *connector);
/* Tasks get connections. */
void host_queue_open(HostQueue *queue);
/* Cancels what has not started and keeps no connection: they are added to closing, of Virt. */
void host_queue_close(HostQueue *queue, GPtrArray *closing);
/* No task is taken any more: the host is no longer configured. */
void host_queue_retire(HostQueue *queue);
void host_queue_cancel_waiting(HostQueue *queue);
/* Closes connections that were not used since the last time. */
void host_queue_idle(HostQueue *queue);
/* False when a thread is stuck. */
bool host_queue_stop(HostQueue *queue);
/* After host_queue_stop. NULL-safe. */
void host_queue_free(HostQueue *queue);

/* Whether background work is to be submitted: not while the daemon is stopping. */
bool host_queue_is_open(const HostQueue *queue);
/* HOST_UNAVAILABLE, with the reason, when no task is taken. */
bool host_queue_check(const HostQueue *queue, GError **error);
/* Submits a task whose link is a Virt. HOST_UNAVAILABLE when not connected; see task_submit. */
bool host_queue_submit(HostQueue *queue, const TaskType *type, const char *key,
                       uint64_t timeout_usec, void *data, void *context, GError **error);
bool host_queue_key_busy(const HostQueue *queue, const char *key);
/* The error for a task that did not end as TASK_DONE. domain: the name of the one it was about, of
 * which alone libvirt may be waiting for, or NULL. */
GError *host_queue_error(const HostQueue *queue, TaskEnd end, const char *domain);
