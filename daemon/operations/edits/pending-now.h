/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether what waits for a start can be brought about in the running domain. Used by pending.c;
 * workers. */
#pragma once

#include "libvirt/domain.h"
#include "operations/operation.h"

/* operation: on the domain. Corrects what rows, of DwPending, wait for: to DW_WAITS_NOW of a whole
 * device that can be added or removed, and to DW_WAITS_RESTART of a key that this domain, or its
 * host, cannot change. */
void pending_now_look(const Operation *operation, Virt *virt, const GPtrArray *rows);
