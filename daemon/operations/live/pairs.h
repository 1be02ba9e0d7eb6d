/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which device of a running document is which of the one that it is to be; for steps.c.
 * Workers. */
#pragma once

#include <domwright/model.h>

typedef struct {
    const DwDevice *old, *new; /* NULL: it is added, or goes */
} LivePair;

/* Pairs of devices that differ, in an array of LivePair: by their ids, and what has none of its own
 * by the alias that libvirt gave it, since its place changes with that of others. old, new: all
 * devices of the kinds of differing. */
GArray *live_pairs_of(const DwDocument *before, const DwDocument *after, const GPtrArray *old,
                      const GPtrArray *new, const GPtrArray *differing);
