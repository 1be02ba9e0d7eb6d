/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The timer is set to the first deadline, and left alone when that one is removed: most are removed
 * long before their time, and a timer that rings for nobody costs less than setting it each time.
 */
#include "tasks/deadlines.h"

#include "base/error.h"

struct Deadlines {
    sd_event *event;
    void (*expired)(void *item);
    GQueue pending; /* of Deadline */
    sd_event_source *timer;
    uint64_t alarm; /* when it rings: not later than the first deadline */
};

static int set_alarm(Deadlines *deadlines, uint64_t time)
{
    if (time >= deadlines->alarm)
        return 0;
    int r = sd_event_source_set_time(deadlines->timer, time);
    if (r >= 0)
        r = sd_event_source_set_enabled(deadlines->timer, SD_EVENT_ONESHOT);
    if (r >= 0)
        deadlines->alarm = time;
    return r;
}

static Deadline *find_first(const Deadlines *deadlines)
{
    Deadline *first = NULL;
    for (GList *link = deadlines->pending.head; link; link = link->next) {
        Deadline *deadline = link->data;
        if (!first || deadline->time < first->time)
            first = deadline;
    }
    return first;
}

static int on_alarm(sd_event_source *source, uint64_t usec, void *userdata)
{
    Deadlines *deadlines = userdata;
    uint64_t now;
    sd_event_now(deadlines->event, CLOCK_MONOTONIC, &now);
    deadlines->alarm = UINT64_MAX;
    /* The end of one may be the end of others. */
    Deadline *first;
    while ((first = find_first(deadlines)) && first->time <= now)
        deadlines->expired(first->item);
    if (first)
        need_memory(set_alarm(deadlines, first->time));
    return 0;
}

Deadlines *deadlines_new(sd_event *event, void (*expired)(void *item))
{
    Deadlines *deadlines = g_new0(Deadlines, 1);
    *deadlines = (Deadlines){.event = sd_event_ref(event), .expired = expired};
    deadlines->alarm = UINT64_MAX;
    return deadlines;
}

void deadlines_free(Deadlines *deadlines)
{
    sd_event_source_unref(deadlines->timer);
    sd_event_unref(deadlines->event);
    g_free(deadlines);
}

int deadlines_add(Deadlines *deadlines, Deadline *deadline, uint64_t timeout_usec, void *item)
{
    *deadline = (Deadline){.item = item, .link = {.data = deadline}};
    int r = sd_event_now(deadlines->event, CLOCK_MONOTONIC, &deadline->time);
    if (r < 0)
        return r;
    deadline->time += timeout_usec;
    if (!deadlines->timer)
        r = sd_event_add_time(deadlines->event, &deadlines->timer, CLOCK_MONOTONIC, UINT64_MAX, 0,
                              on_alarm, deadlines);
    if (r >= 0)
        r = set_alarm(deadlines, deadline->time);
    if (r >= 0)
        g_queue_push_tail_link(&deadlines->pending, &deadline->link);
    return r;
}

void deadlines_remove(Deadlines *deadlines, Deadline *deadline)
{
    g_queue_unlink(&deadlines->pending, &deadline->link);
}
