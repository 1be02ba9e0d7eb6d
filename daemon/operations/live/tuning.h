/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processors, I/O threads and limits of running domains. Used by steps.c and edit-live.c while
 * planning; workers. */
#pragma once

#include "operations/live/iothreads.h"

/* A running document as it is and is to be, and its settings; borrowed. */
typedef struct {
    const DwDocument *before, *after;
    const DwSettings *old, *new;
    LiveIothreads *threads; /* NULL: nothing has asked yet; live_iothreads_free() */
} LiveTuning;

/* Adds the steps for a setting that is of these; false: it is not, or cannot be changed so. */
bool live_tuning_add(LiveTuning *tuning, GPtrArray *steps, const char *key);
/* Whether the running domain cannot go there at all: a problem of rule live.vcpus where processors
 * cannot be taken away, else live.not-possible. */
bool live_tuning_refuse(const char *key, const DwSettings *before, const DwSettings *after,
                        GPtrArray *impossible);
/* Adds an info of rule live.asked to problems where the guest, which is running so, has not yet the
 * memory that it was asked to go to, altogether or of a device. */
void live_tuning_tell(const GPtrArray *steps, const DwDocument *running, GPtrArray *problems);
