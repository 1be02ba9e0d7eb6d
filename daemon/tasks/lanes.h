/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Serialisation by key: of the tickets with one key, one at a time is in its lane; the others wait
 * behind it, first come first served. Owned by a task pool, main thread; no locks.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Lanes Lanes;

/* Embedded in what is serialised. */
typedef struct {
    char *key;  /* NULL: needs no lane */
    void *item; /* what it belongs to */
    GList in_lane, in_waiting;
} LaneTicket;

Lanes *lanes_new(void);
/* No ticket is in a lane any more. */
void lanes_free(Lanes *lanes);
void lane_ticket_init(LaneTicket *ticket, const char *key, void *item);
void lane_ticket_clear(LaneTicket *ticket);

/* True when its turn is now; otherwise it waits. */
bool lane_enter(Lanes *lanes, LaneTicket *ticket);
/* A ticket with this key, or NULL, had its turn. The item whose turn is now, or NULL. */
void *lane_leave(Lanes *lanes, const char *key);
/* It does not wait any more; false when it was not waiting. */
bool lane_withdraw(Lanes *lanes, LaneTicket *ticket);
/* The item that has waited longest, in any lane, or NULL. */
void *lanes_oldest_waiting(const Lanes *lanes);
unsigned lanes_waiting(const Lanes *lanes);
bool lanes_is_busy(const Lanes *lanes, const char *key);
