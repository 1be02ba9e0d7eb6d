/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last known documents of domains, as many as fit into a budget: enough to name what another
 * program changed. Main thread.
 */
#pragma once

#include <stdbool.h>

#include "base/uuid.h"

typedef struct DocumentCache DocumentCache;

/* budget: bytes of text at most. */
DocumentCache *document_cache_new(gsize budget);
void document_cache_free(DocumentCache *texts);
/* Owned by texts, good until the next call; NULL: not kept. */
const char *document_cache_get(DocumentCache *texts, const Uuid *uuid);
/* Takes text. evict: older ones may go to make room. */
void document_cache_put(DocumentCache *texts, const Uuid *uuid, char *text, bool evict);
void document_cache_remove(DocumentCache *texts, const Uuid *uuid);
