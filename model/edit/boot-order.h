/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of devices to start from, as one edit. */
#pragma once

#include "edit/write/edit.h"

/* values: "devices", KIND/ID each, in the order wanted. os.boot and all older orders go.
 * UNSUPPORTED for a kind that has no order. */
bool boot_order_apply(DwEditContext *context, const DwSettings *values, GError **error);
