/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns how the element table follows a splice that is simple enough: one inside a start tag, and a
 * new empty element. After any other the table is made anew, which reads the whole text. Used by
 * splice.c; called when the text has its new bytes and the table still fits the old ones.
 */
#include <string.h>

#include "document/document-private.h"

static DwSpan *span_at(DwDocument *document, DwNode node)
{
    return &g_array_index(document->spans, DwSpan, node);
}

void table_shift(DwDocument *document, uint32_t position, int64_t delta)
{
    for (guint i = 0; i < document->spans->len; i++) {
        DwSpan *span = span_at(document, i);
        span->start += span->start > position ? delta : 0;
        span->tag_end += span->tag_end > position ? delta : 0;
        span->content_end += span->content_end > position ? delta : 0;
        span->end += span->end > position ? delta : 0;
    }
}

bool table_knows_foreign(const DwDocument *document, DwNode parent, const char *name,
                         bool *ret_foreign)
{
    const DwSpan *span = document_span(document, parent);
    bool prefixed = strchr(name, ':');

    /* A prefix of the parent hides whether a default namespace is in force inside it. */
    *ret_foreign = prefixed || span->foreign;
    return prefixed || !memchr(document->text->str + span->start + 1, ':', span->name_length);
}

/* Elements from `node` on make room for it: they move in the text and in the table. */
static void make_room(DwDocument *document, DwNode node, uint32_t length)
{
    for (guint i = 0; i < document->spans->len; i++) {
        DwSpan *span = span_at(document, i);
        span->parent += span->parent >= node;
        span->first_child += span->first_child >= node;
        span->next += span->next >= node;
        if ((DwNode)i < node)
            continue;
        span->start += length;
        span->tag_end += length;
        span->content_end += length;
        span->end += length;
    }
}

DwNode table_insert(DwDocument *document, DwNode parent, DwNode anchor, size_t name_length,
                    bool foreign, const DwInsertion *inserted)
{
    DwNode node = parent + 1, up;
    DwSpan new = {.start = inserted->start, .parent = parent, .first_child = DW_NODE_NONE};

    while ((guint)node < document->spans->len &&
           span_at(document, node)->start < inserted->position)
        node++;
    make_room(document, node, inserted->length);
    for (up = parent; up != DW_NODE_NONE; up = span_at(document, up)->parent) {
        span_at(document, up)->content_end += inserted->length;
        span_at(document, up)->end += inserted->length;
    }
    DwNode *link = anchor == DW_NODE_NONE ? &span_at(document, parent)->first_child
                                          : &span_at(document, anchor)->next;
    new.next = *link;
    *link = node;
    new.name_length = name_length;
    new.foreign = foreign;
    new.self_closed = true;
    new.tag_end = new.content_end = new.end = new.start + new.name_length + strlen("</>");
    g_array_insert_val(document->spans, node, new);
    g_clear_pointer(&document->positions, g_free);
    document->stale = false;
    return node;
}
