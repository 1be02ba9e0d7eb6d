/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a document remembers of how its elements and values were written before edits, so that an
 * edit followed by its inverse gives back the bytes. Found by the offset where an element begins,
 * which every splice keeps up to date. Changes no text.
 */
#include <string.h>

#include "document-private.h"

static void memory_clear(gpointer data)
{
    g_free(((DwMemory *)data)->tail);
}

static void spelling_clear(gpointer data)
{
    DwSpelling *spelling = data;

    g_free(spelling->name);
    g_free(spelling->raw);
    g_free(spelling->after);
}

/* Most documents are read and never changed: their arrays are not made before they are needed. */
static guint count(const GArray *array)
{
    return array ? array->len : 0;
}

static void append_memory(DwDocument *document, const DwMemory *memory)
{
    if (!document->memory) {
        document->memory = g_array_new(false, false, sizeof(DwMemory));
        g_array_set_clear_func(document->memory, memory_clear);
    }
    g_array_append_vals(document->memory, memory, 1);
}

static void append_spelling(DwDocument *document, const DwSpelling *spelling)
{
    if (!document->spellings) {
        document->spellings = g_array_new(false, false, sizeof(DwSpelling));
        g_array_set_clear_func(document->spellings, spelling_clear);
    }
    g_array_append_vals(document->spellings, spelling, 1);
}

void memories_free(DwDocument *document)
{
    g_clear_pointer(&document->memory, g_array_unref);
    g_clear_pointer(&document->spellings, g_array_unref);
}

void memories_copy(DwDocument *to, const DwDocument *from)
{
    for (guint i = 0; i < count(from->memory); i++) {
        DwMemory memory = g_array_index(from->memory, DwMemory, i);
        memory.tail = g_strdup(memory.tail);
        memory.mark = 0;
        append_memory(to, &memory);
    }
    for (guint i = 0; i < count(from->spellings); i++) {
        DwSpelling spelling = g_array_index(from->spellings, DwSpelling, i);
        spelling.name = g_strdup(spelling.name);
        spelling.raw = g_strdup(spelling.raw);
        spelling.after = g_strdup(spelling.after);
        spelling.mark = 0;
        append_spelling(to, &spelling);
    }
}

/* False when the element was in what a splice removed. */
static bool follow(uint32_t *start, uint32_t position, uint32_t removed, int64_t delta)
{
    if (*start >= position + removed)
        *start += delta;
    else if (*start >= position)
        return false;
    return true;
}

void memories_shift(DwDocument *document, uint32_t position, uint32_t removed, int64_t delta)
{
    for (guint i = count(document->memory); i-- > 0;)
        if (!follow(&g_array_index(document->memory, DwMemory, i).start, position, removed, delta))
            g_array_remove_index_fast(document->memory, i);
    for (guint i = count(document->spellings); i-- > 0;)
        if (!follow(&g_array_index(document->spellings, DwSpelling, i).start, position, removed,
                    delta))
            g_array_remove_index_fast(document->spellings, i);
}

void memories_rollback(DwDocument *document, size_t mark)
{
    for (guint i = count(document->memory); i-- > 0;)
        if (g_array_index(document->memory, DwMemory, i).mark > mark)
            g_array_remove_index_fast(document->memory, i);
    for (guint i = count(document->spellings); i-- > 0;)
        if (g_array_index(document->spellings, DwSpelling, i).mark > mark)
            g_array_remove_index_fast(document->spellings, i);
}

void memories_settle(DwDocument *document)
{
    for (guint i = 0; i < count(document->memory); i++)
        g_array_index(document->memory, DwMemory, i).mark = 0;
    for (guint i = 0; i < count(document->spellings); i++)
        g_array_index(document->spellings, DwSpelling, i).mark = 0;
}

DwMemory *memory_find(const DwDocument *document, DwNode node)
{
    uint32_t start = document_span(document, node)->start;

    for (guint i = 0; i < count(document->memory); i++)
        if (g_array_index(document->memory, DwMemory, i).start == start)
            return &g_array_index(document->memory, DwMemory, i);
    return NULL;
}

void memory_add(DwDocument *document, DwNode node, DwOrigin origin)
{
    const DwSpan *span = document_span(document, node);
    uint32_t from = tail_start(span);
    DwMemory memory = {.start = span->start, .origin = origin, .mark = document_mark(document) + 1};

    if (!document->fragment)
        memory.tail = g_strndup(document->text->str + from, span->end - from);
    append_memory(document, &memory);
}

DwSpelling *spelling_find(const DwDocument *document, DwNode node, const char *name)
{
    uint32_t start = document_span(document, node)->start;

    for (guint i = 0; i < count(document->spellings); i++) {
        DwSpelling *spelling = &g_array_index(document->spellings, DwSpelling, i);
        if (spelling->start == start && strcmp(spelling->name, name) == 0)
            return spelling;
    }
    return NULL;
}

void spelling_add(DwDocument *document, DwNode node, const char *name, char *raw, char *after)
{
    if (document->fragment || spelling_find(document, node, name)) {
        g_free(raw);
        g_free(after);
        return;
    }
    DwSpelling spelling = {.start = document_span(document, node)->start,
                           .name = g_strdup(name),
                           .raw = raw,
                           .after = after,
                           .mark = document_mark(document) + 1};
    append_spelling(document, &spelling);
}

uint32_t tail_start(const DwSpan *span)
{
    return span->tag_end - (span->self_closed ? 2 : 1);
}

DwOrigin node_origin(const DwDocument *document, DwNode node)
{
    DwMemory *memory = memory_find(document, node);

    return memory ? memory->origin : DW_ORIGIN_UNKNOWN;
}

void node_settle(DwDocument *document, DwNode node)
{
    DwMemory *memory = memory_find(document, node);

    if (memory)
        memory->origin = DW_ORIGIN_EMPTY;
}
