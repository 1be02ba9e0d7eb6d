/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When it is full nothing is added: of a table of more domains than fit, the same part stays. */
#include "inventory/value-cache.h"

#include <string.h>

typedef struct {
    Uuid uuid;
    RevisionMark revision;
    DwSettings *values;
    gsize size; /* of the values */
} Entry;

/* What an entry takes beside its values. */
#define ENTRY_SIZE (sizeof(Entry) + 64)

struct ValueCache {
    GHashTable *entries; /* Uuid -> Entry */
    char *columns;       /* of all entries */
    gsize size, budget;
    bool used;
};

static void entry_free(void *data)
{
    Entry *entry = data;
    dw_settings_free(entry->values);
    g_free(entry);
}

ValueCache *value_cache_new(gsize budget)
{
    ValueCache *cache = g_new0(ValueCache, 1);
    cache->budget = budget;
    cache->entries = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, entry_free);
    return cache;
}

static void drop_all(ValueCache *cache)
{
    g_hash_table_remove_all(cache->entries);
    g_clear_pointer(&cache->columns, g_free);
    cache->size = 0;
}

void value_cache_free(ValueCache *cache)
{
    drop_all(cache);
    g_hash_table_unref(cache->entries);
    g_free(cache);
}

const DwSettings *value_cache_get(ValueCache *cache, const char *columns, const Uuid *uuid,
                                  const RevisionMark *revision, gsize *ret_size)
{
    cache->used = true;
    if (g_strcmp0(cache->columns, columns) != 0)
        return NULL;
    const Entry *entry = g_hash_table_lookup(cache->entries, uuid);
    if (!entry || !revision_equal(&entry->revision, revision))
        return NULL;
    *ret_size = entry->size;
    return entry->values;
}

void value_cache_put(ValueCache *cache, const char *columns, const Uuid *uuid,
                     const RevisionMark *revision, const DwSettings *values, gsize size)
{
    cache->used = true;
    if (g_strcmp0(cache->columns, columns) != 0) {
        drop_all(cache);
        cache->columns = g_strdup(columns);
    }
    value_cache_remove(cache, uuid);
    if (cache->size + ENTRY_SIZE + size > cache->budget)
        return;
    Entry *entry = g_new(Entry, 1);
    *entry = (Entry){*uuid, *revision, dw_settings_copy(values), size};
    g_hash_table_insert(cache->entries, &entry->uuid, entry);
    cache->size += ENTRY_SIZE + size;
}

void value_cache_remove(ValueCache *cache, const Uuid *uuid)
{
    const Entry *entry = g_hash_table_lookup(cache->entries, uuid);
    if (!entry)
        return;
    cache->size -= ENTRY_SIZE + entry->size;
    g_hash_table_remove(cache->entries, uuid);
}

void value_cache_idle(ValueCache *cache)
{
    if (!cache->used)
        drop_all(cache);
    cache->used = false;
}
