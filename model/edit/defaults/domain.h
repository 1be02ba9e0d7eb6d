/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Defaults of the domain itself. */
#pragma once

#include "edit/defaults/defaults.h"

/* Completes the settings before they are written; may add to and remove from values. */
bool defaults_for_domain(DwEditContext *context, DwSettings *values, GError **error);
