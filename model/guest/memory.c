/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory of NUMA cells and of memory devices. Used by rules and edits; only looks. */
#include "guest/memory.h"

#include "keys/devices.h"
#include "keys/lens.h"
#include "table/value-form.h"

#define KIB UINT64_C(1024)

/* Adds what the element or attribute says, in KiB where there is no unit. */
static bool add_size(const DwDocument *document, DwNode node, const char *path, const char *unit,
                     uint64_t *total)
{
    g_autofree char *name = lens_text(document, node, unit, NULL);
    uint64_t factor = name ? unit_factor(name) : KIB, size = 0;

    return factor && lens_number(document, node, path, &size) &&
           !__builtin_mul_overflow(size, factor, &size) &&
           !__builtin_add_overflow(*total, size, total);
}

bool guest_cell_memory(const DwDocument *document, uint64_t *ret_cells, uint64_t *ret_devices)
{
    DwNode cell = lens_find(document, document_root(document), "cpu/numa/cell", NULL);

    if (cell == DW_NODE_NONE)
        return false;
    *ret_cells = *ret_devices = 0;
    for (; cell != DW_NODE_NONE; cell = node_next_same(document, cell))
        if (!add_size(document, cell, "@memory", "@unit", ret_cells))
            return false;
    for (DwNode node = device_next(document, "memory", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "memory", node))
        if (!add_size(document, node, "target/size", "target/size/@unit", ret_devices))
            return false;
    return true;
}
