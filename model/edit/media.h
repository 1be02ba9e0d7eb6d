/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing the medium in a drive. */
#pragma once

#include "edit/write/edit.h"

/* Puts the medium that the keys of source name in the place of the one there is; without keys the
 * drive is empty afterwards. INVALID_VALUE for what is no drive, and for keys that are not about a
 * medium. */
bool media_apply(DwEditContext *context, const char *target, const DwSettings *source,
                 char **ret_id, GError **error);
