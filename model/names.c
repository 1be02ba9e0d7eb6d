/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which names occur in a part of a document, as a set of bits: most settings and most rules are
 * about things a given document does not have, and this tells so without looking for each. Reads
 * only.
 */
#include <string.h>

#include "document-private.h"

/* Names are short: their length, ends and middle tell most of them apart. */
static unsigned name_bit(const char *name, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)name;

    if (length == 0)
        return 0;
    return (length * 37 + bytes[0] * 7 + bytes[length - 1] * 13 + bytes[length / 2] * 59) % 256;
}

static void add(DwNames *names, const char *name, size_t length)
{
    unsigned bit = name_bit(name, length);

    names->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

bool names_may_have(const DwNames *names, const char *name, size_t length)
{
    unsigned bit = name_bit(name, length);

    return names->bits[bit / 64] >> bit % 64 & 1;
}

static void add_element(const DwDocument *document, const DwSpan *span, DwNames *names)
{
    const char *text = document->text->str;
    DwAttribute attribute = {0};

    add(names, text + span->start + 1, span->name_length);
    while (span_next_attribute(document, span, &attribute))
        add(names, text + attribute.name, attribute.name_length);
}

/* Elements stand in the table in the order of their start tags. */
void node_add_names(const DwDocument *document, DwNode node, DwNames *names)
{
    node_add_names_but(document, node, NULL, names);
}

void node_add_names_but(const DwDocument *document, DwNode node, const char *but, DwNames *names)
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

static uint64_t beginning(const char *name)
{
    return UINT64_C(1) << ((unsigned char)name[0] * 5 + (unsigned char)name[1]) % 64;
}

uint64_t node_beginnings(const DwDocument *document, DwNode node)
{
    const DwSpan *span = document_span(document, node);
    const char *text = document->text->str;
    DwAttribute attribute = {0};
    uint64_t found = 0;

    while (span_next_attribute(document, span, &attribute))
        if (attribute.name_length > 1)
            found |= beginning(text + attribute.name);
        else
            return UINT64_MAX; /* what follows so short a name is not part of it */
    for (DwNode child = span->first_child; child != DW_NODE_NONE;) {
        const DwSpan *inner = document_span(document, child);

        if (inner->name_length < 2)
            return UINT64_MAX;
        found |= beginning(text + inner->start + 1);
        child = inner->next;
    }
    return found;
}

bool beginnings_may_have(uint64_t beginnings, const char *name)
{
    return beginnings & beginning(name);
}
