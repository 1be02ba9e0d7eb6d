/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A queue for each user. What is let through passes the filter again; it has left the queue. */
#include "bus/large-queue.h"

#include <string.h>

#include "base/error.h"

/* As measured on arrival. */
#define LARGE_SIZE (64 * 1024)
/* libsystemd checks some 200 bytes of text in a microsecond. */
#define BYTES_PER_USEC 100

typedef struct {
    uid_t uid;
    GQueue requests;
} Turn;

struct LargeQueue {
    Requeue *requeue;
    GQueue turns; /* of Turn, the next first; never one without a request */
    bool paused;  /* the timer is set */
    uid_t last;   /* whose turn was before */
    sd_event_source *timer;
};

static void drop_request(void *request)
{
    request_drop(request);
}

static void turn_free(Turn *turn)
{
    g_queue_clear_full(&turn->requests, drop_request);
    g_free(turn);
}

static Turn *find_turn(const LargeQueue *queue, uid_t uid)
{
    for (GList *link = queue->turns.head; link; link = link->next) {
        Turn *turn = link->data;
        if (turn->uid == uid)
            return turn;
    }
    return NULL;
}

static bool has_sender(const Turn *turn, const char *sender)
{
    for (const GList *link = turn->requests.head; link; link = link->next)
        if (strcmp(((const Request *)link->data)->sender, sender) == 0)
            return true;
    return false;
}

static void schedule(LargeQueue *queue, uint64_t pause)
{
    queue->paused = true;
    need_memory(sd_event_source_set_time_relative(queue->timer, pause));
    need_memory(sd_event_source_set_enabled(queue->timer, SD_EVENT_ONESHOT));
}

/* That of somebody else than last, where there is one. */
static Turn *take_turn(LargeQueue *queue)
{
    GList *link = queue->turns.head;
    if (link && link->next && ((const Turn *)link->data)->uid == queue->last)
        link = link->next;
    Turn *turn = link ? link->data : NULL;
    if (link)
        g_queue_delete_link(&queue->turns, link);
    return turn;
}

/* The next one; after it a pause, also when nothing else waits yet. */
static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    LargeQueue *queue = userdata;
    Turn *turn = take_turn(queue);
    queue->paused = false;
    if (!turn)
        return 0;
    Request *request = g_queue_pop_head(&turn->requests);
    request->paced = true;
    queue->last = request->uid;
    schedule(queue, request->size / BYTES_PER_USEC);
    requeue_add(queue->requeue, request);
    if (g_queue_is_empty(&turn->requests))
        turn_free(turn);
    else
        g_queue_push_tail(&queue->turns, turn);
    return 0;
}

bool large_queue_step(Request *request, void *userdata)
{
    LargeQueue *queue = userdata;
    if (request->paced || request->trusted)
        return false;
    Turn *turn = find_turn(queue, request->uid);
    if (request->size < LARGE_SIZE && !(turn && has_sender(turn, request->sender)))
        return false;
    if (!request_begin(request))
        return true;
    if (!turn) {
        turn = g_new0(Turn, 1);
        turn->uid = request->uid;
        g_queue_push_tail(&queue->turns, turn);
    }
    g_queue_push_tail(&turn->requests, request);
    if (!queue->paused)
        schedule(queue, 0);
    return true;
}

static void turn_forget(Turn *turn, const char *sender)
{
    for (GList *link = turn->requests.head, *next; link; link = next) {
        Request *request = link->data;
        next = link->next;
        if (strcmp(request->sender, sender) != 0)
            continue;
        g_queue_delete_link(&turn->requests, link);
        request_drop(request);
    }
}

void large_queue_forget(LargeQueue *queue, const char *sender)
{
    for (GList *link = queue->turns.head, *next; link; link = next) {
        Turn *turn = link->data;
        next = link->next;
        turn_forget(turn, sender);
        if (!g_queue_is_empty(&turn->requests))
            continue;
        g_queue_delete_link(&queue->turns, link);
        turn_free(turn);
    }
}

LargeQueue *large_queue_new(sd_event *event, Requeue *requeue)
{
    LargeQueue *queue = g_new0(LargeQueue, 1);
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
    Turn *turn;
    while ((turn = g_queue_pop_head(&queue->turns)))
        turn_free(turn);
    sd_event_source_unref(queue->timer);
    g_free(queue);
}
