/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The original spelling of what edits changed or filled, so that an edit followed by its inverse
 * gives back the bytes. Found by the offset where an element begins, which every splice keeps up
 * to date. Used by splice.c; changes no text.
 */
#include <string.h>

#include "document/document-private.h"

static void element_clear(gpointer data)
{
    g_free(((DwOriginalElement *)data)->tail);
}

static void value_clear(gpointer data)
{
    DwOriginalValue *original = data;

    g_free(original->name);
    g_free(original->raw);
    g_free(original->after);
}

/* Most documents are read and never changed: their arrays are not made before they are needed. */
static guint count(const GArray *array)
{
    return array ? array->len : 0;
}

static void append_element(DwDocument *document, const DwOriginalElement *original)
{
    if (!document->original_elements) {
        document->original_elements = g_array_new(false, false, sizeof(DwOriginalElement));
        g_array_set_clear_func(document->original_elements, element_clear);
    }
    g_array_append_vals(document->original_elements, original, 1);
}

static void append_value(DwDocument *document, const DwOriginalValue *original)
{
    if (!document->original_values) {
        document->original_values = g_array_new(false, false, sizeof(DwOriginalValue));
        g_array_set_clear_func(document->original_values, value_clear);
    }
    g_array_append_vals(document->original_values, original, 1);
}

void originals_free(DwDocument *document)
{
    g_clear_pointer(&document->original_elements, g_array_unref);
    g_clear_pointer(&document->original_values, g_array_unref);
}

void originals_copy(DwDocument *to, const DwDocument *from)
{
    for (guint i = 0; i < count(from->original_elements); i++) {
        DwOriginalElement original = g_array_index(from->original_elements, DwOriginalElement, i);
        original.tail = g_strdup(original.tail);
        original.mark = 0;
        append_element(to, &original);
    }
    for (guint i = 0; i < count(from->original_values); i++) {
        DwOriginalValue original = g_array_index(from->original_values, DwOriginalValue, i);
        original.name = g_strdup(original.name);
        original.raw = g_strdup(original.raw);
        original.after = g_strdup(original.after);
        original.mark = 0;
        append_value(to, &original);
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

void originals_shift(DwDocument *document, uint32_t position, uint32_t removed, int64_t delta)
{
    for (guint i = count(document->original_elements); i-- > 0;)
        if (!follow(&g_array_index(document->original_elements, DwOriginalElement, i).start,
                    position, removed, delta))
            g_array_remove_index_fast(document->original_elements, i);
    for (guint i = count(document->original_values); i-- > 0;)
        if (!follow(&g_array_index(document->original_values, DwOriginalValue, i).start, position,
                    removed, delta))
            g_array_remove_index_fast(document->original_values, i);
}

void originals_rollback(DwDocument *document, size_t mark)
{
    for (guint i = count(document->original_elements); i-- > 0;)
        if (g_array_index(document->original_elements, DwOriginalElement, i).mark > mark)
            g_array_remove_index_fast(document->original_elements, i);
    for (guint i = count(document->original_values); i-- > 0;)
        if (g_array_index(document->original_values, DwOriginalValue, i).mark > mark)
            g_array_remove_index_fast(document->original_values, i);
}

void originals_settle(DwDocument *document)
{
    for (guint i = 0; i < count(document->original_elements); i++)
        g_array_index(document->original_elements, DwOriginalElement, i).mark = 0;
    for (guint i = 0; i < count(document->original_values); i++)
        g_array_index(document->original_values, DwOriginalValue, i).mark = 0;
}

DwOriginalElement *original_element_find(const DwDocument *document, DwNode node)
{
    uint32_t start = document_span(document, node)->start;

    for (guint i = 0; i < count(document->original_elements); i++)
        if (g_array_index(document->original_elements, DwOriginalElement, i).start == start)
            return &g_array_index(document->original_elements, DwOriginalElement, i);
    return NULL;
}

void original_element_add(DwDocument *document, DwNode node, DwOrigin origin)
{
    const DwSpan *span = document_span(document, node);
    uint32_t from = tail_start(span);
    DwOriginalElement original = {
        .start = span->start, .origin = origin, .mark = document_mark(document) + 1};

    if (!document->fragment)
        original.tail = g_strndup(document->text->str + from, span->end - from);
    append_element(document, &original);
}

DwOriginalValue *original_value_find(const DwDocument *document, DwNode node, const char *name)
{
    uint32_t start = document_span(document, node)->start;

    for (guint i = 0; i < count(document->original_values); i++) {
        DwOriginalValue *original = &g_array_index(document->original_values, DwOriginalValue, i);
        if (original->start == start && strcmp(original->name, name) == 0)
            return original;
    }
    return NULL;
}

void original_value_add(DwDocument *document, DwNode node, const char *name, char *raw, char *after)
{
    if (document->fragment || original_value_find(document, node, name)) {
        g_free(raw);
        g_free(after);
        return;
    }
    DwOriginalValue original = {.start = document_span(document, node)->start,
                                .name = g_strdup(name),
                                .raw = raw,
                                .after = after,
                                .mark = document_mark(document) + 1};
    append_value(document, &original);
}

uint32_t tail_start(const DwSpan *span)
{
    return span->tag_end - (span->self_closed ? 2 : 1);
}

DwOrigin node_origin(const DwDocument *document, DwNode node)
{
    DwOriginalElement *original = original_element_find(document, node);

    return original ? original->origin : DW_ORIGIN_UNKNOWN;
}

void node_settle(DwDocument *document, DwNode node)
{
    DwOriginalElement *original = original_element_find(document, node);

    if (original)
        original->origin = DW_ORIGIN_EMPTY;
}
