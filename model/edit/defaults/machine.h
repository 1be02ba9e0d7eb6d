/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a change of the machine takes along. */
#pragma once

#include "edit/defaults/defaults.h"

/* Before os.machine is written; may remove and change devices. */
bool defaults_for_machine(const DwDefaults *defaults, GError **error);
