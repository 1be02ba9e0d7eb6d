/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last known documents of domains, as many as fit into a budget: enough to name what another
 * program changed. Main thread.
 */
#pragma once

#include <stdbool.h>

#include "objects.h"

typedef struct Texts Texts;

/* budget: bytes of text at most. */
Texts *texts_new(gsize budget);
void texts_free(Texts *texts);
/* Owned by texts, good until the next call; NULL: not kept. */
const char *texts_get(Texts *texts, const Uuid *uuid);
/* Takes text. evict: older ones may go to make room. */
void texts_put(Texts *texts, const Uuid *uuid, char *text, bool evict);
void texts_remove(Texts *texts, const Uuid *uuid);
