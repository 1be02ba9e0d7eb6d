/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole documents and running domains. Used by edit-live.c; workers. */
#pragma once

#include "operations/edits/edit-operation.h"

/* Is the way of the edit a whole document in the place of the configuration? */
bool edit_is_whole(const EditOperation *edit);
/* Makes the running document of the plan. impossible: devices that cannot be the same on both
 * sides. */
bool edit_whole_merge(EditOperation *edit, EditMake *make, const DwHost *host,
                      GPtrArray *impossible, GError **error);
