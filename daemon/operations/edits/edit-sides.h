/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that one side of a domain lacks and the other has. For edit.c, on workers. */
#pragma once

#include "operations/edits/edit-operation.h"

/* Adds to what was refused which side has the device: to failure, or where that is NULL to the rows
 * of a dry run. */
void edit_sides_tell(EditOperation *edit, Virt *virt, GError *failure);
