/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is there: the user who has called last, and the last other one. Limits that are for the sake
 * of others hold only while there are any. Not locked: the caller's lock, or one thread.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

typedef struct {
    uid_t uid;
    uint64_t when; /* of the last call, µs; 0: there was none */
} PresenceCall;

/* Begins empty: {0}. Two different users. */
typedef struct {
    PresenceCall last, before;
} Presence;

/* The user calls now; now is never 0. */
void presence_note(Presence *presence, uid_t uid, uint64_t now);
/* Microseconds for which somebody other than the user still counts as present, unless he calls
 * again; 0: nobody else has called lately. */
uint64_t presence_of_others(const Presence *presence, uid_t uid, uint64_t now);
