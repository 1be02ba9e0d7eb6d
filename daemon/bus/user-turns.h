/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests that wait in a queue for each user, and whose turn is next. Used by the queues of the
 * filter; main thread.
 */
#pragma once

#include "bus/byte-limit.h"
#include "bus/request.h"
#include "bus/requeue.h"

typedef struct {
    uid_t uid;
    GQueue requests; /* of Request; never empty */
} UserTurn;

/* All begin empty: {0}. */
typedef struct {
    GQueue users; /* of UserTurn, the next first */
} UserTurns;

/* NULL: nothing of the user waits. */
const UserTurn *user_turns_find(const UserTurns *turns, uid_t uid);
/* Behind what waits of its user; takes the request. */
void user_turns_push(UserTurns *turns, Request *request);
/* The first request of the first user who is not in debt, who is the last then. NULL: nothing
 * waits, or the first may pass in so many microseconds. The caller owns it. */
Request *user_turns_pop(UserTurns *turns, const ByteLimit *limit, uint64_t *ret_wait);
/* Puts all that waits back onto the bus's queue, whoever is in debt. */
void user_turns_release(UserTurns *turns, Requeue *requeue);
/* Drops what this sender has waiting. */
void user_turns_forget(UserTurns *turns, const char *sender);
void user_turns_clear(UserTurns *turns);
