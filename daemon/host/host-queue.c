/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joins a pool of threads with a pool of connections. Main thread; tasks run on workers. */
#include "host/host-queue.h"

#include "base/error.h"
#include "libvirt/connection-pool.h"

#define MAX_THREADS 4
#define MAX_QUEUE   256

struct HostQueue {
    HostContext *context;
    const char *name;
    const Connector *connector;
    TaskPool *pool;
    ConnectionPool *connections;
    bool retired;
};

HostQueue *host_queue_new(HostContext *context, const char *name, const char *uri,
                          const Connector *connector)
{
    HostQueue *queue = g_new0(HostQueue, 1);
    *queue = (HostQueue){.context = context, .name = name, .connector = connector};
    queue->connections = connection_pool_new(uri);
    TaskSource source = {connection_pool_take, connection_pool_give_back, queue->connections};
    queue->pool = task_pool_new(context->event, context->mailbox, MAX_THREADS, MAX_QUEUE, &source);
    return queue;
}

void host_queue_open(HostQueue *queue)
{
    connection_pool_open(queue->connections);
}

void host_queue_close(HostQueue *queue, GPtrArray *closing)
{
    task_pool_cancel_waiting(queue->pool);
    /* malloc() keeps freed memory per thread, a piece of each size up to 236 KiB, and takes it back
     * only when the thread ends. */
    task_pool_dismiss(queue->pool);
    g_ptr_array_extend_and_steal(closing, connection_pool_close(queue->connections));
}

void host_queue_retire(HostQueue *queue)
{
    queue->retired = true;
}

void host_queue_cancel_waiting(HostQueue *queue)
{
    task_pool_cancel_waiting(queue->pool);
}

void host_queue_idle(HostQueue *queue)
{
    connections_close(queue->context, connection_pool_take_unused(queue->connections));
}

bool host_queue_stop(HostQueue *queue)
{
    return task_pool_stop(queue->pool);
}

void host_queue_free(HostQueue *queue)
{
    if (!queue)
        return;
    task_pool_free(queue->pool);
    connection_pool_free(queue->connections);
    g_free(queue);
}

bool host_queue_is_open(const HostQueue *queue)
{
    return connector_is_connected(queue->connector) && !queue->retired && !queue->context->stopping;
}

bool host_queue_check(const HostQueue *queue, GError **error)
{
    if (connector_is_connected(queue->connector) && !queue->retired)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE, "Host %s is not connected: %s.",
                queue->name,
                queue->retired ? "it is no longer configured" : connector_reason(queue->connector));
    return false;
}

bool host_queue_submit(HostQueue *queue, const TaskType *type, const char *key,
                       uint64_t timeout_usec, void *data, void *context, GError **error)
{
    if (host_queue_check(queue, error))
        return task_submit(queue->pool, type, key, timeout_usec, data, context, error);
    type->free(data);
    return false;
}

bool host_queue_key_busy(const HostQueue *queue, const char *key)
{
    return task_pool_key_busy(queue->pool, key);
}

GError *host_queue_error(const HostQueue *queue, TaskEnd end, const char *domain)
{
    g_autofree char *about =
        domain ? g_strdup_printf(" about domain \"%s\"", domain) : g_strdup("");
    if (end == TASK_UNCERTAIN)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN,
                           "Host %s did not answer in time%s; whether the change was made is not "
                           "known: read it back.",
                           queue->name, about);
    if (end == TASK_CANCELLED && queue->context->stopping)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, STOPPING_MESSAGE);
    if (end == TASK_TIMEOUT)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                           "Host %s did not answer in time%s.", queue->name, about);
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                       "Host %s is no longer connected.", queue->name);
}
