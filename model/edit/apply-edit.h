/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One edit, whatever its verb. */
#pragma once

#include "edit/write/edit.h"

/* *ret_id is the device's id after it, or NULL. */
bool edit_apply(DwEditContext *context, const DwEdit *edit, char **ret_id, GError **error);
