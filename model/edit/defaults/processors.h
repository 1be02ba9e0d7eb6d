/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of virtual processors, and those of NUMA cells, follow their number. */
#pragma once

#include "edit/defaults/defaults.h"

/* Lists are read up to this number. */
#define MOST_LISTED 4096

/* After vcpu itself: as many of the list are enabled as vcpu.current asks for, and processors that
 * are in no cell go into the first, where libvirt would put them. Each is told. */
void defaults_for_processors(const DwDefaults *defaults);
/* "0-2,5" of those that are set; empty for none. */
char *processors_print(const bool *in, unsigned n);
