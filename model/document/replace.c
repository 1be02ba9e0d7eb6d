/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns replacing many values of a document at once, in one pass over its text. Used where secrets
 * are hidden or put back; on any thread.
 */
#include <string.h>

#include "document/document-private.h"

/* Appends what stands in the place of a replacement and gives where it ends. */
static uint32_t replace_one(const DwDocument *document, const DwReplacement *replacement,
                            GString *out)
{
    const DwSpan *span = document_span(document, replacement->node);
    const char *text = document->text->str;

    if (replacement->attribute.name) {
        uint32_t end = replacement->attribute.end - 1;
        text_encode(out, replacement->value, text[end]);
        return end;
    }
    if (!span->self_closed) {
        text_encode(out, replacement->value, 0);
        return span->content_end;
    }
    g_string_append_c(out, '>');
    text_encode(out, replacement->value, 0);
    g_string_append(out, "</");
    g_string_append_len(out, text + span->start + 1, span->name_length);
    g_string_append_c(out, '>');
    return span->end;
}

static uint32_t replacement_start(const DwDocument *document, const DwReplacement *replacement)
{
    const DwSpan *span = document_span(document, replacement->node);

    if (replacement->attribute.name)
        return replacement->attribute.raw - document->text->str;
    return span->self_closed ? tail_start(span) : span->tag_end;
}

void document_replace(DwDocument *document, const GArray *replacements)
{
    const DwReplacement *all = (const DwReplacement *)replacements->data;
    g_autoptr(GString) out = g_string_sized_new(document->text->len);
    uint32_t first = replacements->len ? replacement_start(document, &all[0]) : 0, from = first;

    for (guint i = 0; i < replacements->len; i++) {
        uint32_t start = replacement_start(document, &all[i]);
        if (start < from)
            continue;
        g_string_append_len(out, document->text->str + from, start - from);
        from = replace_one(document, &all[i], out);
    }
    if (replacements->len)
        document_splice(document, first, from - first, out->str, out->len);
    explicit_bzero(out->str, out->len); /* it may hold secrets */
}
