/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash table; each entry is the number, and behind it what is kept for it. One thread. */
#include "rules/number-table.h"

struct DwNumberTable {
    GHashTable *entries;
    size_t size;
};

DwNumberTable *number_table_new(size_t size)
{
    DwNumberTable *table = g_new(DwNumberTable, 1);

    *table =
        (DwNumberTable){g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL), size};
    return table;
}

void number_table_free(DwNumberTable *table)
{
    if (!table)
        return;
    g_hash_table_unref(table->entries);
    g_free(table);
}

void *number_table_find(const DwNumberTable *table, uint64_t number)
{
    uint64_t *entry = g_hash_table_lookup(table->entries, &number);

    return entry ? entry + 1 : NULL;
}

void *number_table_add(DwNumberTable *table, uint64_t number)
{
    void *found = number_table_find(table, number);
    if (found)
        return found;
    uint64_t *entry = g_malloc0(sizeof number + table->size);

    *entry = number;
    g_hash_table_insert(table->entries, entry, entry);
    return entry + 1;
}

bool number_table_is_empty(const DwNumberTable *table)
{
    return g_hash_table_size(table->entries) == 0;
}
