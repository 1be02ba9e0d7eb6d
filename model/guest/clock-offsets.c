/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each clock offset takes beside itself, for rules. Any thread. */
#include "guest/clock-offsets.h"

#include <glib.h>

static const DwClockOffset offsets[] = {
    {"utc", .adjustment = true, .reset = true},
    {"localtime", .adjustment = true, .reset = true},
    {"timezone", .timezone = true},
    {"variable", .basis = true, .adjustment = true},
    {"absolute", .start = true},
};

const DwClockOffset *clock_offset(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++)
        if (g_str_equal(offsets[i].name, name))
            return &offsets[i];
    return NULL;
}
