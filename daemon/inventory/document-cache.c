/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A least-recently-written cache. The documents hold secrets: they are wiped before they are freed.
 */
#include "inventory/document-cache.h"

#include <string.h>

#include "base/secret-text.h"

typedef struct {
    Uuid uuid;
    char *text;
    gsize size;
    GList link;
} Entry;

struct DocumentCache {
    GHashTable *entries; /* Uuid -> Entry */
    GQueue order;        /* oldest first */
    gsize size, budget;
};

static void entry_free(void *userdata)
{
    Entry *entry = userdata;
    secret_text_free(entry->text);
    g_free(entry);
}

DocumentCache *document_cache_new(gsize budget)
{
    DocumentCache *texts = g_new0(DocumentCache, 1);
    texts->budget = budget;
    texts->entries = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, entry_free);
    return texts;
}

void document_cache_free(DocumentCache *texts)
{
    g_hash_table_unref(texts->entries);
    g_free(texts);
}

const char *document_cache_get(DocumentCache *texts, const Uuid *uuid)
{
    const Entry *entry = g_hash_table_lookup(texts->entries, uuid);
    return entry ? entry->text : NULL;
}

static void drop(DocumentCache *texts, Entry *entry)
{
    g_queue_unlink(&texts->order, &entry->link);
    texts->size -= entry->size;
    g_hash_table_remove(texts->entries, &entry->uuid);
}

void document_cache_put(DocumentCache *texts, const Uuid *uuid, char *text, bool evict)
{
    document_cache_remove(texts, uuid);
    gsize size = strlen(text) + 1;
    while (evict && texts->size + size > texts->budget && texts->order.head)
        drop(texts, texts->order.head->data);
    if (texts->size + size > texts->budget) {
        secret_text_free(text);
        return;
    }
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){.uuid = *uuid, .text = text, .size = size};
    entry->link.data = entry;
    g_queue_push_tail_link(&texts->order, &entry->link);
    g_hash_table_insert(texts->entries, &entry->uuid, entry);
    texts->size += size;
}

void document_cache_remove(DocumentCache *texts, const Uuid *uuid)
{
    Entry *entry = g_hash_table_lookup(texts->entries, uuid);
    if (entry)
        drop(texts, entry);
}
