/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mostly a change touches one device of many: those before it and behind it are as they were. */
#pragma once

#include "document/document.h"

/* The devices of a document, and which of them, from `first` to before `end`, may differ from those
 * of the others: those outside are the same in all, to the byte. */
typedef struct {
    const DwDocument *document; /* NULL: there is none, and no device */
    GArray *nodes;              /* of DwNode */
    guint first, end;
    GHashTable *kinds; /* of what may differ in any of the documents */
} DeviceSpan;

/* Of several documents, their `document` set. */
void device_spans_fill(DeviceSpan *spans, size_t count);
void device_spans_clear(DeviceSpan *spans, size_t count);
/* Need the device not be looked at? What may differ is numbered with others of its kind behind it,
 * so that those are looked at as well. */
bool device_span_passes(const DeviceSpan *span, guint i);
static inline DwNode device_span_node(const DeviceSpan *span, guint i)
{
    return g_array_index(span->nodes, DwNode, i);
}
