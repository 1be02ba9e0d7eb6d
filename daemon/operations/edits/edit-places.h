/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that edits name by their place; for edit-live.c. Workers. */
#pragma once

#include "operations/edits/edit-operation.h"

/* Edits of the running document, where "#N" is the device that it is in the configuration: those
 * given, or others. NULL, and refused: nothing tells which that is. */
GPtrArray *edit_places_in_running(const EditOperation *edit, GPtrArray *edits,
                                  GPtrArray *impossible);
