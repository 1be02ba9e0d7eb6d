/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a change of a display takes along. */
#pragma once

#include "edit/defaults/defaults.h"

bool defaults_for_graphics(const DwDefaults *defaults, GError **error);
