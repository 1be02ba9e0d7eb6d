/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What speaks against an edit of a running domain by the ids of its devices; for edit-live.c. */
#pragma once

#include "operations/edits/edit-operation.h"

/* Edits that add a device under an id which the guest has not let go yet become problems; false:
 * there are some. */
bool edit_ids_check_leaving(const EditOperation *edit, const GPtrArray *edits,
                            GPtrArray *impossible);
/* The same of what gives a device another id, as another MAC address: it is no change of it there.
 */
bool edit_ids_check_kept(const EditOperation *edit, GPtrArray *impossible);
/* The same of devices that the whole document has and the configuration has not. */
void edit_ids_check_added(const EditOperation *edit, const DwDocument *wanted,
                          GPtrArray *impossible);
