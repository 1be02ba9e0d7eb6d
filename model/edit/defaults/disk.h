/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is filled in for a disk, and what its changes take along. */
#pragma once

#include "edit/defaults/defaults.h"

bool defaults_for_disk(const DwDefaults *defaults, GError **error);
