/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The I/O threads of a running domain: which come and go, and what they are to be. For
 * tuning.c; workers. */
#pragma once

#include "operations/live/step.h"

typedef struct LiveIothreads LiveIothreads;

/* before, after: the running document as it is and is to be; old, new: its settings. Borrowed. */
LiveIothreads *live_iothreads_new(const DwDocument *before, const DwDocument *after,
                                  const DwSettings *old, const DwSettings *new);
void live_iothreads_free(LiveIothreads *threads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveIothreads, live_iothreads_free)

/* A key that cannot be changed by itself, but goes with a thread. */
bool live_iothreads_may_take(const char *key);
/* Adds the steps for a key that differs, if that is not done. False: it is none of the threads', or
 * there is no step for it. */
bool live_iothreads_add(LiveIothreads *threads, GPtrArray *steps, const char *key);

/* Refuses those steps that take away a thread which a device of the running document uses: the
 * guest lets go of devices later than that. */
void live_iothreads_check(const DwDocument *before, GPtrArray *steps, GPtrArray *impossible);
