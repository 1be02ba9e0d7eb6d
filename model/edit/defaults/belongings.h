/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes with a type that changes, and what cannot be set for a type. */
#pragma once

#include "edit/defaults/defaults.h"

/* Fails with INVALID_VALUE when a key that is asked for does not belong to what the device is or
 * will be. */
bool belongings_check(const DwDefaults *defaults, GError **error);
/* Unsets, of a device that is there, the keys that do not belong any more, each with an info. */
bool belongings_drop(const DwDefaults *defaults, GError **error);
