/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of keys of domains, as a list of them was asked for last, so that a table that is drawn
 * again costs no more than what it shows. They go by the revision of the document they are from.
 * Secrets are not among them. Main thread.
 */
#pragma once

#include <domwright/model.h>

#include "base/uuid.h"
#include "inventory/revision.h"

typedef struct ValueCache ValueCache;

/* budget: bytes at most, about. */
ValueCache *value_cache_new(gsize budget);
void value_cache_free(ValueCache *cache);
/* columns: which keys, as one text; only those that were asked for last are kept. The values are
 * good until the next call; NULL: not kept. *ret_size: as it was put. */
const DwSettings *value_cache_get(ValueCache *cache, const char *columns, const Uuid *uuid,
                                  const RevisionMark *revision, gsize *ret_size);
/* Copies values, which take about so many bytes, where there is room. */
void value_cache_put(ValueCache *cache, const char *columns, const Uuid *uuid,
                     const RevisionMark *revision, const DwSettings *values, gsize size);
void value_cache_remove(ValueCache *cache, const Uuid *uuid);
/* Called now and then: what nobody has asked for since goes. */
void value_cache_idle(ValueCache *cache);
