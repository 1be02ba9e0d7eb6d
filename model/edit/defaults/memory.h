/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory of the domain follows that of its NUMA cells and memory devices. */
#pragma once

#include "edit/write/edit.h"

typedef struct {
    bool may_change;
    uint64_t total;
} DwCellMemory;

/* Before an edit: what cells and devices have together, where the edit may change that. */
DwCellMemory cell_memory_before(const DwEditContext *context);
/* After it: where the memory was that and no edit of the call names it, it is so again, and
 * currentMemory with it where that was all of it. Each is told. */
bool cell_memory_follows(DwEditContext *context, DwCellMemory before, GError **error);
/* The memory of a guest with one NUMA cell is that cell's and its memory devices': the cell's key
 * and what it has when there are bytes in all; NULL: there is no such cell, or no room for it. */
char *cell_memory_of_only(const DwDocument *document, uint64_t bytes, uint64_t *ret_cell);
