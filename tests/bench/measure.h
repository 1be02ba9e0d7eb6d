/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Samples of time and their report: one JSON object a line. Owns clock, medians and the form of the
 * report; it does not know what is measured.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

double now_us(void); /* monotonic */

/* Medians and other quantiles (0 to 1); sorts values. */
double quantile(double *values, size_t count, double q);

/* What one turn took, beside what the floor took in the same turn. */
typedef struct {
    double *ours, *floor;
    size_t count, size;
} Samples;

void samples_add(Samples *samples, double ours, double floor);
/* Prints the line for name; the ratio is the median of the turns' own ratios. Sorts the samples. */
void samples_report(Samples *samples, const char *name);
void samples_clear(Samples *samples);
