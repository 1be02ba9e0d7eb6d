/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A queue for each user. What is let through passes the filter again; it has left the queue. */
#include "bus/large-queue.h"

#include <string.h>

#include "base/error.h"
#include "bus/user-turns.h"

/* As measured on arrival. */
#define LARGE_SIZE (64 * 1024)
/* Bytes that wait, of one user and of all. */
#define MAX_PER_USER (4 << 20)
#define MAX_WAITING  (64 << 20)
/* libsystemd checks some 200 bytes of text in a microsecond. */
#define BYTES_PER_USEC 100

struct LargeQueue {
    ByteLimit *limit;
    Requeue *requeue;
    UserTurns turns;
    bool paused; /* after a call let through */
    sd_event_source *timer;
};

static bool has_sender(const UserTurn *turn, const char *sender)
{
    for (const GList *link = turn->requests.head; link; link = link->next)
        if (strcmp(((const Request *)link->data)->sender, sender) == 0)
            return true;
    return false;
}

static size_t bytes_of(const UserTurn *turn)
{
    size_t bytes = 0;
    for (const GList *link = turn ? turn->requests.head : NULL; link; link = link->next)
        bytes += ((const Request *)link->data)->size;
    return bytes;
}

static bool has_room(const LargeQueue *queue, const Request *request)
{
    size_t bytes = request->size;
    for (const GList *link = queue->turns.users.head; link; link = link->next)
        bytes += bytes_of(link->data);
    return bytes <= MAX_WAITING &&
           bytes_of(user_turns_find(&queue->turns, request->uid)) + request->size <= MAX_PER_USER;
}

static void schedule(LargeQueue *queue, uint64_t wait)
{
    need_memory(sd_event_source_set_time_relative(queue->timer, wait));
    need_memory(sd_event_source_set_enabled(queue->timer, SD_EVENT_ONESHOT));
}

/* The next one whose user is not in debt; after it a pause, also when nothing else waits yet. */
static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    LargeQueue *queue = userdata;
    uint64_t wait = 0;
    Request *request = user_turns_pop(&queue->turns, queue->limit, &wait);
    queue->paused = false;
    if (wait > 0)
        schedule(queue, wait);
    if (!request)
        return 0;
    request->paced = true;
    request_charge(request);
    queue->paused = true;
    schedule(queue, request->size / BYTES_PER_USEC);
    requeue_add(queue->requeue, request);
    return 0;
}

bool large_queue_step(Request *request, void *userdata)
{
    LargeQueue *queue = userdata;
    if (request->paced || request->trusted)
        return false;
    const UserTurn *turn = user_turns_find(&queue->turns, request->uid);
    if (request->size < LARGE_SIZE && !(turn && has_sender(turn, request->sender))) {
        request_charge(request);
        return false;
    }
    if (!has_room(queue, request)) {
        g_autoptr(GError) busy = g_error_new(
            DAEMON_ERROR, DAEMON_ERROR_BUSY,
            "Too many large calls are waiting (limit %d bytes per user); try again later.",
            MAX_PER_USER);
        request_refuse_busy(request, busy);
        return true;
    }
    if (!request_begin(request))
        return true;
    user_turns_push(&queue->turns, request);
    if (!queue->paused)
        schedule(queue, 0);
    return true;
}

void large_queue_end(LargeQueue *queue)
{
    user_turns_release(&queue->turns, queue->requeue);
}

void large_queue_forget(LargeQueue *queue, const char *sender)
{
    user_turns_forget(&queue->turns, sender);
}

LargeQueue *large_queue_new(sd_event *event, ByteLimit *limit, Requeue *requeue)
{
    LargeQueue *queue = g_new0(LargeQueue, 1);
    queue->limit = limit;
    queue->requeue = requeue;
    if (sd_event_add_time(event, &queue->timer, CLOCK_MONOTONIC, 0, 1, on_timer, queue) >= 0 &&
        sd_event_source_set_enabled(queue->timer, SD_EVENT_OFF) >= 0)
        return queue;
    large_queue_free(queue);
    return NULL;
}

void large_queue_free(LargeQueue *queue)
{
    if (!queue)
        return;
    user_turns_clear(&queue->turns);
    sd_event_source_unref(queue->timer);
    g_free(queue);
}
