/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk's place in the guest. */
#pragma once

#include "edit/defaults/defaults.h"

void defaults_for_target(const DwDefaults *defaults);
