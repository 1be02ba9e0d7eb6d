/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows in columns: aligned under headings for a person, tab-separated without headings for
 * programs. */
#pragma once

#include <stddef.h>

#include "alloc.h"

#define MAX_COLUMNS 17

typedef struct {
    const char *headings[MAX_COLUMNS];
    size_t n_columns;
    Strings cells;
} Columns;

/* Texts are copied; NULL is an empty cell. One call a cell, row by row. */
void columns_add(Columns *columns, const char *text);
/* A time of the contract, in microseconds since 1970, as local time. */
void columns_add_time(Columns *columns, const char *microseconds);
/* Prints to terminal_out() and forgets the rows. Without rows it says so, on standard error where
 * standard output is for programs. */
void columns_print(Columns *columns, const char *nothing);
void columns_clear(Columns *columns);
#define _cleanup_columns_ _cleanup_(columns_clear)
