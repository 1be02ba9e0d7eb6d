/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has the documents of all domains of a host read again and again, one after the other: libvirt has
 * no event for many changes that other programs make. Owned by its Host; main thread.
 */
#pragma once

#include "host/document-reader.h"

typedef struct Sweep Sweep;

/* NULL: there is no timer to be had. */
Sweep *sweep_new(const HostContext *context, Inventory *inventory, DocumentReader *reader);
/* NULL-safe. */
void sweep_free(Sweep *sweep);
