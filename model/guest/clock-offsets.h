/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each clock offset takes beside itself. */
#pragma once

#include <stdbool.h>

typedef struct {
    const char *name;
    bool timezone, basis, start, adjustment, reset; /* reset: adjustment "reset" as well */
} DwClockOffset;

/* NULL for an offset that is not known. */
const DwClockOffset *clock_offset(const char *name);
