/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the place of an element among its siblings of the same name. Used to tell devices without an
 * id apart; on any thread, also on several that read one document.
 */
#include <string.h>

#include "document/document-private.h"

/* Siblings that are looked at one by one before all are counted at once. */
#define FEW 64

typedef struct {
    const DwDocument *document;
    const DwSpan *span; /* one of those of the name */
    uint32_t n;
} Count;

static guint count_hash(const void *data)
{
    const Count *count = data;
    const char *name = count->document->text->str + count->span->start + 1;
    guint hash = count->span->parent;

    for (uint32_t i = 0; i < count->span->name_length; i++)
        hash = hash * 31 + (unsigned char)name[i];
    return hash;
}

static gboolean count_equal(const void *first, const void *second)
{
    const DwSpan *a = ((const Count *)first)->span, *b = ((const Count *)second)->span;
    const char *text = ((const Count *)first)->document->text->str;

    return a->parent == b->parent && a->name_length == b->name_length &&
           memcmp(text + a->start, text + b->start, a->name_length + 1) == 0;
}

static uint32_t *count_all(const DwDocument *document)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(count_hash, count_equal, g_free, NULL);
    guint n = document->spans->len;
    uint32_t *positions = g_new(uint32_t, n);

    for (guint i = 0; i < n; i++) {
        Count key = {document, &g_array_index(document->spans, DwSpan, i), 0};
        Count *count = key.span->foreign ? &key : g_hash_table_lookup(counts, &key);

        if (!count) {
            count = g_memdup2(&key, sizeof key);
            g_hash_table_add(counts, count);
        }
        positions[i] = ++count->n;
    }
    return positions;
}

/* Threads may count at the same time; one count is kept. */
static const uint32_t *positions_of(const DwDocument *document)
{
    uint32_t **at = &((DwDocument *)document)->positions;
    uint32_t *positions = g_atomic_pointer_get(at);

    if (positions)
        return positions;
    positions = count_all(document);
    if (g_atomic_pointer_compare_and_exchange(at, NULL, positions))
        return positions;
    g_free(positions);
    return g_atomic_pointer_get(at);
}

unsigned node_position(const DwDocument *document, DwNode node)
{
    const DwSpan *span = document_span(document, node);
    const char *name = document->text->str + span->start + 1;
    DwNode at = span->parent == DW_NODE_NONE ? node : node_first_child(document, span->parent);
    unsigned position = 1, looked = 0;

    if (span->foreign)
        return 1;
    for (; at != node; at = node_next(document, at)) {
        size_t length;
        const char *other = node_raw_name(document, at, &length);
        if (++looked > FEW)
            return positions_of(document)[node];
        position += !node_is_foreign(document, at) && length == span->name_length &&
                    memcmp(other, name, length) == 0;
    }
    return position;
}
