/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is filled in for a device. */
#pragma once

#include "edit/defaults/defaults.h"

/* Completes the properties of a device before it is written (device is DW_NODE_NONE), or what
 * changes bring with them (values is the changes); may add to and remove from values. */
bool defaults_for_device(DwEditContext *context, const char *kind, DwNode device,
                         DwSettings *values, GError **error);
