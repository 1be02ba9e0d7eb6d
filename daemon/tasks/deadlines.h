/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Deadlines of many tasks on one timer of the event loop. Owned by a task pool, main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

typedef struct Deadlines Deadlines;

/* Embedded in what has to end in time. */
typedef struct {
    uint64_t time; /* monotonic, microseconds */
    void *item;    /* what it belongs to */
    GList link;
} Deadline;

/* expired is called once its time has come, and has to remove it. */
Deadlines *deadlines_new(sd_event *event, void (*expired)(void *item));
/* None is left. */
void deadlines_free(Deadlines *deadlines);
/* Negative errno: there is no timer for it. */
int deadlines_add(Deadlines *deadlines, Deadline *deadline, uint64_t timeout_usec, void *item);
void deadlines_remove(Deadlines *deadlines, Deadline *deadline);
