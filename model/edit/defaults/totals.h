/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of the domain that count what other keys and devices have: they follow these. */
#pragma once

#include "edit/write/edit.h"

typedef struct {
    bool memory, threads, processors; /* may the edit change what they count? */
    uint64_t bytes, n_threads, n_enabled;
} DwTotals;

/* Before an edit: the memory of NUMA cells and memory devices, the I/O threads with numbers of
 * their own, and the processors of the list that are enabled, where the edit may change them. */
DwTotals totals_before(const DwEditContext *context);
/* After it: memory, iothreads and vcpu.current that were as many are so again, unless an edit of
 * the call names them, and currentMemory with memory where that was all of it. Each is told. */
bool totals_follow(DwEditContext *context, DwTotals before, GError **error);
/* The memory of a guest with one NUMA cell is that cell's and its memory devices': the cell's key
 * and what it has when there are bytes in all, 0 where the devices have as much already; NULL:
 * there is no such cell. */
char *totals_only_cell(const DwDocument *document, uint64_t bytes, uint64_t *ret_cell);
