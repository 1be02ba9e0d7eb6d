/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of all domains that a pattern names: one call for each host. */
#pragma once

#include <stdbool.h>

#include "bus/edits.h"

typedef struct {
    const Edits *edits;
    bool print_ids;
} ManyEdits;

/* Reports the outcome domain by domain, and a summary; returns the gravest status. */
int many_apply(const char *pattern, const ManyEdits *many);
