/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pairs of samples: what a turn took on our side and on the other's, in the same program at the
 * same time. Owns the clock, the taking of turns and the form of the report, one JSON object a
 * line:
 * {"name": …, "unit": …, "ours": [...], "other": [...]}. It does not know what is measured, and
 * leaves medians and verdicts to whoever reads the report.
 */
#pragma once

#include <stddef.h>

double now_us(void); /* monotonic */

typedef struct {
    double *ours, *other;
    size_t count, size;
} Samples;

void samples_add(Samples *samples, double ours, double other);
/* Prints the line for name and forgets the samples. */
void samples_report(Samples *samples, const char *name, const char *unit);
/* The same of one side only: "other" is empty. note, unless NULL, goes along as text. */
void values_report(const double *values, size_t count, const char *name, const char *unit,
                   const char *note);

typedef void (*Action)(void *bench);

/* Two ways to the same end, taken in turn, each first every other time. Undoing is not timed. */
typedef struct {
    const char *name;
    Action ours, other;
    Action undo_ours, undo_other; /* NULL: nothing to undo */
} Pair;

typedef struct {
    unsigned turns;
    double seconds;           /* stop earlier when a pair takes longer, but not before 9 turns */
    const char *const *names; /* only these pairs; none: all */
} Effort;

/* The first arguments of every program: TURNS SECONDS. */
Effort effort_read(char **argv);
void pairs_measure(const Pair *pairs, size_t count, const Effort *effort, void *bench);
