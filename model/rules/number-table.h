/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Things by number: controllers by their index, cells by their id. Thousands of devices may name
 * one each, so that a search for each of them would take minutes. One thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct DwNumberTable DwNumberTable;

/* size: of what is kept for a number; 0: only that it is there. */
DwNumberTable *number_table_new(size_t size);
void number_table_free(DwNumberTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwNumberTable, number_table_free)

/* What is kept for the number; zeroed when it is new. The table's. */
void *number_table_add(DwNumberTable *table, uint64_t number);
/* NULL: the number has not been added. */
void *number_table_find(const DwNumberTable *table, uint64_t number);
bool number_table_is_empty(const DwNumberTable *table);
