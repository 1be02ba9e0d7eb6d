/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A least-recently-written cache. The documents hold secrets: they are wiped before they are freed.
 */
#include "texts.h"

#include <string.h>

typedef struct {
    Uuid uuid;
    char *text;
    gsize size;
    GList link;
} Entry;

struct Texts {
    GHashTable *entries; /* Uuid -> Entry */
    GQueue order;        /* oldest first */
    gsize size, budget;
};

static void entry_free(void *userdata)
{
    Entry *entry = userdata;
    explicit_bzero(entry->text, entry->size);
    g_free(entry->text);
    g_free(entry);
}

Texts *texts_new(gsize budget)
{
    Texts *texts = g_new0(Texts, 1);
    texts->budget = budget;
    texts->entries = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, entry_free);
    return texts;
}

void texts_free(Texts *texts)
{
    g_hash_table_unref(texts->entries);
    g_free(texts);
}

const char *texts_get(Texts *texts, const Uuid *uuid)
{
    const Entry *entry = g_hash_table_lookup(texts->entries, uuid);
    return entry ? entry->text : NULL;
}

static void drop(Texts *texts, Entry *entry)
{
    g_queue_unlink(&texts->order, &entry->link);
    texts->size -= entry->size;
    g_hash_table_remove(texts->entries, &entry->uuid);
}

void texts_put(Texts *texts, const Uuid *uuid, char *text, bool evict)
{
    texts_remove(texts, uuid);
    gsize size = strlen(text) + 1;
    while (evict && texts->size + size > texts->budget && texts->order.head)
        drop(texts, texts->order.head->data);
    if (texts->size + size > texts->budget) {
        explicit_bzero(text, size);
        g_free(text);
        return;
    }
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){.uuid = *uuid, .text = text, .size = size};
    entry->link.data = entry;
    g_queue_push_tail_link(&texts->order, &entry->link);
    g_hash_table_insert(texts->entries, &entry->uuid, entry);
    texts->size += size;
}

void texts_remove(Texts *texts, const Uuid *uuid)
{
    Entry *entry = g_hash_table_lookup(texts->entries, uuid);
    if (entry)
        drop(texts, entry);
}
