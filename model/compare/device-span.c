/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Used by what compares documents. Any thread. */
#include "compare/device-span.h"

#include "keys/devices.h"

static DwNode node_at(const DeviceSpan *span, bool at_end)
{
    return device_span_node(span, at_end ? span->end - 1 : span->first);
}

/* Is the device at `first`, or before `end`, in all documents, and the same? */
static bool same_in_all(const DeviceSpan *spans, size_t count, bool at_end)
{
    const DeviceSpan *one = NULL;

    for (size_t i = 0; i < count; i++) {
        const DeviceSpan *span = &spans[i];

        if (!span->document)
            continue;
        if (span->first == span->end)
            return false;
        if (one && !node_same_bytes(one->document, node_at(one, at_end), span->document,
                                    node_at(span, at_end)))
            return false;
        one = span;
    }
    return one;
}

static void fill_kinds(DeviceSpan *spans, size_t count)
{
    g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < count; i++) {
        for (guint j = spans[i].first; j < spans[i].end; j++)
            g_hash_table_add(kinds, node_name(spans[i].document, device_span_node(&spans[i], j)));
        spans[i].kinds = g_hash_table_ref(kinds);
    }
}

void device_spans_fill(DeviceSpan *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const DwDocument *document = spans[i].document;
        DwNode node = document ? device_next(document, "", DW_NODE_NONE) : DW_NODE_NONE;

        spans[i].nodes = g_array_new(FALSE, FALSE, sizeof(DwNode));
        for (; node != DW_NODE_NONE; node = device_next(document, "", node))
            g_array_append_val(spans[i].nodes, node);
        spans[i].first = 0;
        spans[i].end = spans[i].nodes->len;
    }
    while (same_in_all(spans, count, false))
        for (size_t i = 0; i < count; i++)
            spans[i].first += spans[i].document != NULL;
    while (same_in_all(spans, count, true))
        for (size_t i = 0; i < count; i++)
            spans[i].end -= spans[i].document != NULL;
    fill_kinds(spans, count);
}

bool device_span_passes(const DeviceSpan *span, guint i)
{
    if (i < span->first)
        return true;
    if (i < span->end)
        return false;
    g_autofree char *kind = node_name(span->document, device_span_node(span, i));
    return !g_hash_table_contains(span->kinds, kind);
}

void device_spans_clear(DeviceSpan *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_clear_pointer(&spans[i].nodes, g_array_unref);
        g_clear_pointer(&spans[i].kinds, g_hash_table_unref);
    }
}
