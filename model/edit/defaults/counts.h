/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes with processors and I/O threads. */
#pragma once

#include "edit/defaults/defaults.h"

bool defaults_for_counts(const DwDefaults *defaults, GError **error);
