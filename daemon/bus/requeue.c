/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A queue for each sender with requests on their way back, ordered by arrival. Main thread. */
#include "bus/requeue.h"

#include <domwright/names.h>

struct Requeue {
    sd_bus *bus;
    GHashTable *messages; /* sd_bus_message -> Request */
    GHashTable *senders;  /* name -> GQueue of Request, never empty */
};

static void queue_free(void *queue)
{
    g_queue_free(queue);
}

static int by_arrival(const void *a, const void *b, void *data)
{
    const Request *one = a, *other = b;
    return (one->serial > other->serial) - (one->serial < other->serial);
}

static void put(Requeue *requeue, Request *request)
{
    GQueue *queue = g_hash_table_lookup(requeue->senders, request->sender);
    if (!queue) {
        queue = g_queue_new();
        g_hash_table_insert(requeue->senders, g_strdup(request->sender), queue);
    }
    const Request *last = g_queue_peek_tail(queue);
    if (!last || last->serial < request->serial)
        g_queue_push_tail(queue, request);
    else
        g_queue_insert_sorted(queue, request, by_arrival, NULL);
    g_hash_table_insert(requeue->messages, request->message, request);
}

static void take(Requeue *requeue, GQueue *queue, Request *request)
{
    g_queue_remove(queue, request);
    g_hash_table_remove(requeue->messages, request->message);
    if (g_queue_is_empty(queue))
        g_hash_table_remove(requeue->senders, request->sender);
}

void requeue_add(Requeue *requeue, Request *request)
{
    sd_bus_message_rewind(request->message, true);
    if (sd_bus_enqueue_for_read(requeue->bus, request->message) >= 0)
        put(requeue, request);
    else
        request_refuse(request, DOMWRIGHT_ERROR_BUSY,
                       "Too many calls are queued; try again later.");
}

bool requeue_has(const Requeue *requeue, const char *sender)
{
    return g_hash_table_contains(requeue->senders, sender);
}

Request *requeue_take(Requeue *requeue, sd_bus_message *message, bool *ret_later)
{
    Request *request = g_hash_table_lookup(requeue->messages, message);
    *ret_later = false;
    if (!request)
        return NULL;
    GQueue *queue = g_hash_table_lookup(requeue->senders, request->sender);
    if (g_queue_peek_head(queue) != request &&
        sd_bus_enqueue_for_read(requeue->bus, message) >= 0) {
        *ret_later = true;
        return NULL;
    }
    take(requeue, queue, request);
    return request;
}

void requeue_forget(Requeue *requeue, const char *sender)
{
    GQueue *queue;
    while ((queue = g_hash_table_lookup(requeue->senders, sender))) {
        Request *request = g_queue_peek_head(queue);
        take(requeue, queue, request);
        request_drop(request);
    }
}

Requeue *requeue_new(sd_bus *bus)
{
    Requeue *requeue = g_new0(Requeue, 1);
    requeue->bus = bus;
    requeue->messages = g_hash_table_new(NULL, NULL);
    requeue->senders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, queue_free);
    return requeue;
}

void requeue_free(Requeue *requeue)
{
    if (!requeue)
        return;
    GHashTableIter iter;
    gpointer request;
    g_hash_table_iter_init(&iter, requeue->messages);
    while (g_hash_table_iter_next(&iter, NULL, &request))
        request_drop(request);
    g_hash_table_unref(requeue->messages);
    g_hash_table_unref(requeue->senders);
    g_free(requeue);
}
