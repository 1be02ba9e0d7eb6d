/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turning Hyper-V features on and off. */
#pragma once

#include "edit/write/edit.h"

/* features: keys without "hyperv."; also "recommended" and "all". */
bool hyperv_apply(DwEditContext *context, const DwSettings *features, GError **error);
