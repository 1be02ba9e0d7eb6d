/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See measure.h. Paired samples are what counts: on a shared machine the times themselves drift.
 */
#include "measure.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FEWEST_TURNS 9

double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

void samples_add(Samples *samples, double ours, double other)
{
    if (samples->count == samples->size) {
        samples->size = samples->size ? samples->size * 2 : 1024;
        samples->ours = g_renew(double, samples->ours, samples->size);
        samples->other = g_renew(double, samples->other, samples->size);
    }
    samples->ours[samples->count] = ours;
    samples->other[samples->count++] = other;
}

static void print_side(const char *side, const double *values, size_t count)
{
    printf(", \"%s\": [", side);
    for (size_t i = 0; i < count; i++)
        printf("%s%.2f", i ? ", " : "", values[i]);
    printf("]");
}

void values_report(const double *values, size_t count, const char *name, const char *unit,
                   const char *note)
{
    printf("{\"name\": \"%s\", \"unit\": \"%s\"", name, unit);
    print_side("ours", values, count);
    print_side("other", NULL, 0);
    if (note)
        printf(", \"note\": \"%s\"", note);
    puts("}");
    fflush(stdout);
}

void samples_report(Samples *samples, const char *name, const char *unit)
{
    printf("{\"name\": \"%s\", \"unit\": \"%s\"", name, unit);
    print_side("ours", samples->ours, samples->count);
    print_side("other", samples->other, samples->count);
    puts("}");
    fflush(stdout);
    g_free(samples->ours);
    g_free(samples->other);
    *samples = (Samples){0};
}

Effort effort_read(char **argv)
{
    return (Effort){(unsigned)strtoul(argv[0], NULL, 10), strtod(argv[1], NULL), NULL};
}

static double timed(Action action, Action undo, void *bench)
{
    double start = now_us(), end;

    action(bench);
    end = now_us();
    if (undo)
        undo(bench);
    return end - start;
}

static void take_turn(const Pair *pair, bool ours_first, void *bench, Samples *samples)
{
    double ours = 0, other;

    if (ours_first)
        ours = timed(pair->ours, pair->undo_ours, bench);
    other = timed(pair->other, pair->undo_other, bench);
    if (!ours_first)
        ours = timed(pair->ours, pair->undo_ours, bench);
    samples_add(samples, ours, other);
}

static void measure(const Pair *pair, const Effort *effort, void *bench)
{
    Samples samples = {0};
    unsigned warming = effort->turns / 10 + 1;
    double start = now_us();

    for (unsigned i = 0; i < warming && now_us() - start < effort->seconds * 1e5; i++)
        take_turn(pair, i % 2, bench, &samples);
    samples.count = 0;
    start = now_us();
    for (unsigned i = 0; i < effort->turns; i++) {
        if (i >= FEWEST_TURNS && now_us() - start > effort->seconds * 1e6)
            break;
        take_turn(pair, i % 2, bench, &samples);
    }
    samples_report(&samples, pair->name, "us");
}

void pairs_measure(const Pair *pairs, size_t count, const Effort *effort, void *bench)
{
    for (size_t i = 0; i < count; i++)
        if (!effort->names || !*effort->names || g_strv_contains(effort->names, pairs[i].name))
            measure(&pairs[i], effort, bench);
}
