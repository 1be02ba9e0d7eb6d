/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that cannot be without another: they go with it. */
#pragma once

#include "edit/write/edit.h"

typedef struct {
    bool has_spice, has_serial;
} DwCompany;

/* Before an edit of a device: what there is that others depend on. */
DwCompany companions_before(const DwEditContext *context);
/* After it: what depends on what is not there any more goes, unless another edit of the call is
 * about devices of its kind. Each is told. Nodes are stale afterwards. */
void companions_follow(DwEditContext *context, DwCompany before);
