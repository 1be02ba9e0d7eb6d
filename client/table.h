/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows in columns: aligned under headings for a person, tab-separated without headings for
 * programs. */
#pragma once

#include <stddef.h>

#include "memory.h"

#define MAX_COLUMNS 8

typedef struct {
    const char *headings[MAX_COLUMNS];
    size_t n_columns;
    Strings cells;
} Table;

/* Texts are copied; NULL is an empty cell. One call a cell, row by row. */
void table_add(Table *table, const char *text);
/* Prints to terminal_out() and forgets the rows. */
void table_print(Table *table);
void table_clear(Table *table);
#define _cleanup_table_ _cleanup_(table_clear)
