/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See measure.h. A paired ratio is what counts: on a shared machine the times themselves drift.
 */
#include "measure.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double quantile(double *values, size_t count, double q)
{
    if (count == 0)
        return NAN;
    qsort(values, count, sizeof *values, compare_doubles);
    return values[(size_t)(q * (double)(count - 1) + 0.5)];
}

void samples_add(Samples *samples, double ours, double floor)
{
    if (samples->count == samples->size) {
        samples->size = samples->size ? samples->size * 2 : 1024;
        samples->ours = g_renew(double, samples->ours, samples->size);
        samples->floor = g_renew(double, samples->floor, samples->size);
    }
    samples->ours[samples->count] = ours;
    samples->floor[samples->count++] = floor;
}

void samples_report(Samples *samples, const char *name)
{
    g_autofree double *ratios = g_new(double, samples->count + 1);

    for (size_t i = 0; i < samples->count; i++)
        ratios[i] = samples->ours[i] / samples->floor[i];
    printf("{\"name\": \"%s\", \"n\": %zu, \"ratio\": %.4f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
           "\"floor_p50_us\": %.1f, \"floor_p99_us\": %.1f}\n",
           name, samples->count, quantile(ratios, samples->count, 0.5),
           quantile(samples->ours, samples->count, 0.5),
           quantile(samples->ours, samples->count, 0.99),
           quantile(samples->floor, samples->count, 0.5),
           quantile(samples->floor, samples->count, 0.99));
    fflush(stdout);
}

void samples_clear(Samples *samples)
{
    free(samples->ours);
    free(samples->floor);
    *samples = (Samples){0};
}
