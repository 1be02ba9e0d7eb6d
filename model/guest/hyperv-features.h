/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Hyper-V features a guest can have, for rules and edits. */
#pragma once

#include "keys/lens.h"

typedef struct {
    const char *name;
    const char *needs[4]; /* other features, "hypervclock" for the timer; ends with NULL */
    const char *detail;   /* a key below it that has no meaning while it is off, or NULL */
    bool recommended;
} DwHypervFeature;
extern const DwHypervFeature hyperv_features[]; /* ends with name NULL */
/* Attempts a spinlock makes before the hypervisor is told, when nobody says otherwise. */
#define DW_HYPERV_RETRIES 8191u
/* Is a feature ("stimer", "stimer.direct", "hypervclock") switched on? */
bool hyperv_is_on(const DwDocument *document, const char *feature);
