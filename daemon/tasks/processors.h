/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processor time by owner. Whose long tasks have used much of it lately is greedy: the tasks of all
 * who are take turns on all processors but one, which is left to the main thread, the bus and the
 * callers, and while another user has tasks they use a twentieth of the time. One account for all
 * pools of the program, as they share its processors. Used by the threads of task pools, any
 * thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A task at work, on the stack of its thread. */
typedef struct {
    gpointer owner;
    bool greedy;     /* its owner was when it began */
    bool at_work;    /* it is one of the greedy tasks that have a processor */
    clockid_t clock; /* of its thread */
    uint64_t begun;  /* by that clock, µs */
    uint64_t seen;   /* by that clock, when it was looked at … */
    uint64_t looked; /* … and when that was */
    GList link;
} ProcessorTurn;

/* The owner of what is nobody's and root's tasks are never greedy. */
bool processors_is_greedy(gpointer owner);
/* Microseconds for which the next task of this greedy owner is to rest before its turn; 0: it need
 * not, as no other user has had a task lately. */
uint64_t processors_rest(gpointer owner);
/* Before the task runs; a greedy owner's waits for its turn. */
void processors_begin(ProcessorTurn *turn, gpointer owner);
/* After it ran, on the same thread: what it used is charged to its owner. */
void processors_end(ProcessorTurn *turn);
/* Is what this thread is at a greedy owner's? */
bool processors_here_greedy(void);
