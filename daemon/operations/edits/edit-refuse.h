/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What speaks against an edit in the running domain, as the caller is told; for edit-live.c. On
 * workers. */
#pragma once

#include "operations/edits/edit-operation.h"

/* What has no step waits for a restart where that was asked for, else it is a problem of the edit
 * that it is about, with the value given. */
void edit_refuse_take(EditOperation *edit, GPtrArray *impossible);

/* edits cannot be made in the running document. A dry run is told each thing that is wrong there
 * and not in the configuration as well, and goes on; else false with error. Takes failure. */
bool edit_refuse_running(EditOperation *edit, EditMake *make, GPtrArray *edits, const DwHost *host,
                         GError *failure, GError **error);
