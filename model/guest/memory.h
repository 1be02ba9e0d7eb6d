/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What memory a guest has by its NUMA cells and memory devices. */
#pragma once

#include "document/document.h"

/* In bytes; what libvirt takes as the memory is their sum, whatever else is said. False: there are
 * no cells, or something cannot be read. */
bool guest_cell_memory(const DwDocument *document, uint64_t *ret_cells, uint64_t *ret_devices);
