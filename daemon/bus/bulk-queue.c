/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns of users. The next call is let through when the answer to the last one has left for the
 * bus. Main thread. */
#include "bus/bulk-queue.h"

#include "base/error.h"
#include "bus/user-turns.h"

/* Of one user, root excepted. */
#define MAX_PER_USER 32
/* Between looks whether an answer has left. */
#define LOOK_INTERVAL 500
/* Looks after which a call let through is taken for lost: its sender may have left. */
#define PATIENCE 20

struct BulkQueue {
    sd_bus *bus;
    ByteLimit *limit;
    Requeue *requeue;
    ManyDomainsFunc many;
    UserTurns turns;
    bool has_current;     /* one has been let through and is on its way … */
    uint64_t current;     /* … the serial of the request */
    unsigned looks;       /* for it */
    bool (*step)(void *); /* NULL: nothing goes on */
    void (*free)(void *);
    void *userdata;
    sd_event_source *timer;
};

static bool is_long(const BulkQueue *queue, const Request *request)
{
    MethodFlags flags = request->method ? request->method->flags : 0;
    return ((flags & METHOD_LONG_ANSWER) && !request->trusted) ||
           ((flags & METHOD_LISTS_DOMAINS) && queue->many(request));
}

static void schedule(BulkQueue *queue, uint64_t delay)
{
    if (g_queue_is_empty(&queue->turns.users) && !queue->step)
        return;
    need_memory(sd_event_source_set_time_relative(queue->timer, delay));
    need_memory(sd_event_source_set_enabled(queue->timer, SD_EVENT_ONESHOT));
}

static void step_free(BulkQueue *queue)
{
    if (queue->step)
        queue->free(queue->userdata);
    queue->step = NULL;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    BulkQueue *queue = userdata;
    uint64_t unsent = 0;
    if (queue->step) {
        if (!queue->step(queue->userdata))
            step_free(queue);
        schedule(queue, 0);
        return 0;
    }
    sd_bus_get_n_queued_write(queue->bus, &unsent);
    if ((queue->has_current && queue->looks++ < PATIENCE) || unsent > 0) {
        schedule(queue, LOOK_INTERVAL);
        return 0;
    }
    queue->has_current = false;
    queue->looks = 0;
    uint64_t wait = 0;
    Request *request = user_turns_pop(&queue->turns, queue->limit, &wait);
    if (!request) {
        schedule(queue, wait);
        return 0;
    }
    queue->has_current = true;
    queue->current = request->serial;
    requeue_add(queue->requeue, request);
    schedule(queue, 0);
    return 0;
}

void bulk_queue_run(BulkQueue *queue, bool (*step)(void *userdata), void (*free)(void *userdata),
                    void *userdata)
{
    /* Short ones are let through as they come, and one of them may be slow. */
    if (queue->step) {
        while (step(userdata))
            continue;
        free(userdata);
        return;
    }
    queue->step = step;
    queue->free = free;
    queue->userdata = userdata;
    schedule(queue, 0);
}

static bool refuse(Request *request)
{
    g_autoptr(GError) busy = g_error_new(
        DAEMON_ERROR, DAEMON_ERROR_BUSY,
        "Too many calls with long answers are waiting (limit %d per user); try again later.",
        MAX_PER_USER);
    request_refuse_busy(request, busy);
    return true;
}

bool bulk_queue_step(Request *request, void *userdata)
{
    BulkQueue *queue = userdata;
    if (queue->has_current && request->serial == queue->current) {
        queue->has_current = false;
        return false;
    }
    if (!is_long(queue, request))
        return false;
    const UserTurn *turn = user_turns_find(&queue->turns, request->uid);
    if (turn && request->uid != 0 && turn->requests.length >= MAX_PER_USER)
        return refuse(request);
    user_turns_push(&queue->turns, request);
    schedule(queue, 0);
    return true;
}

void bulk_queue_end(BulkQueue *queue)
{
    user_turns_release(&queue->turns, queue->requeue);
}

void bulk_queue_forget(BulkQueue *queue, const char *sender)
{
    user_turns_forget(&queue->turns, sender);
}

BulkQueue *bulk_queue_new(sd_bus *bus, sd_event *event, ByteLimit *limit, Requeue *requeue,
                          ManyDomainsFunc many)
{
    BulkQueue *queue = g_new0(BulkQueue, 1);
    *queue = (BulkQueue){.bus = bus, .limit = limit, .requeue = requeue, .many = many};
    if (sd_event_add_time(event, &queue->timer, CLOCK_MONOTONIC, 0, 1, on_timer, queue) >= 0 &&
        sd_event_source_set_enabled(queue->timer, SD_EVENT_OFF) >= 0)
        return queue;
    bulk_queue_free(queue);
    return NULL;
}

void bulk_queue_free(BulkQueue *queue)
{
    if (!queue)
        return;
    step_free(queue);
    user_turns_clear(&queue->turns);
    sd_event_source_unref(queue->timer);
    g_free(queue);
}
