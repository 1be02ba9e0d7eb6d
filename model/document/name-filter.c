/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bloom filters of element and attribute names: most settings and most rules are about things a
 * given document does not have, and the filter tells so without a search. Used by rules/. Any
 * thread.
 */
#include <string.h>

#include "document/document-private.h"

/* Names are short: their length, ends and middle tell most of them apart. */
unsigned name_filter_bit(const char *name, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)name;

    if (length == 0)
        return 0;
    return (length * 37 + bytes[0] * 7 + bytes[length - 1] * 13 + bytes[length / 2] * 59) % 256;
}

static void add(DwNameFilter *names, const char *name, size_t length)
{
    unsigned bit = name_filter_bit(name, length);

    names->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

void name_filter_add_name(DwNameFilter *names, const char *name)
{
    add(names, name, strlen(name));
}

bool name_filter_may_have(const DwNameFilter *names, const char *name, size_t length)
{
    return name_filter_has_bit(names, name_filter_bit(name, length));
}

static void add_element(const DwDocument *document, const DwSpan *span, DwNameFilter *names)
{
    const char *text = document->text->str;
    DwAttribute attribute = {0};
    const char *name = text + span->start + 1;
    const char *colon = span->foreign ? memchr(name, ':', span->name_length) : NULL;

    add(names, name, span->name_length);
    if (colon) /* the prefix is the document's own choice */
        add(names, colon + 1, name + span->name_length - colon - 1);
    while (span_next_attribute(document, span, &attribute))
        add(names, text + attribute.name, attribute.name_length);
}

/* Elements stand in the table in the order of their start tags. */
void name_filter_add(const DwDocument *document, DwNode node, DwNameFilter *names)
{
    name_filter_add_but(document, node, NULL, names);
}

void name_filter_add_but(const DwDocument *document, DwNode node, const char *but,
                         DwNameFilter *names)
{
    uint32_t end = document_span(document, node)->end;
    DwNode left_out = but ? node_child(document, node, but) : DW_NODE_NONE;
    uint32_t skip = 0;

    for (; (guint)node < document->spans->len; node++) {
        const DwSpan *span = document_span(document, node);

        if (span->start >= end)
            return;
        if (node == left_out)
            skip = span->end;
        if (span->start >= skip)
            add_element(document, span, names);
    }
}

uint64_t node_beginnings(const DwDocument *document, DwNode node)
{
    const DwSpan *span = document_span(document, node);
    const char *text = document->text->str;
    DwAttribute attribute = {0};
    uint64_t found = 0;

    while (span_next_attribute(document, span, &attribute))
        if (attribute.name_length > 1)
            found |= name_beginning(text + attribute.name);
        else
            return UINT64_MAX; /* what follows so short a name is not part of it */
    for (DwNode child = span->first_child; child != DW_NODE_NONE;) {
        const DwSpan *inner = document_span(document, child);

        if (inner->name_length < 2)
            return UINT64_MAX;
        found |= inner->foreign ? DW_BEGINNING_FOREIGN : name_beginning(text + inner->start + 1);
        child = inner->next;
    }
    return found;
}
