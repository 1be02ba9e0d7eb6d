/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a document: parsed, copied, handed out as text. Reading is elements.c, changing
 * splice.c.
 */
#include <string.h>

#include "document/document-private.h"

/* Not kept here, as G_DEFINE_QUARK would, without a lock, while several threads ask. */
GQuark dw_error_quark(void)
{
    return g_quark_from_static_string("dw-error-quark");
}

static DwDocument *document_alloc(const char *text, size_t length)
{
    DwDocument *document = g_new0(DwDocument, 1);

    document->text = g_string_new_len(text, length);
    document->scratch = g_string_sized_new(128);
    document->spans = g_array_new(false, false, sizeof(DwSpan));
    document->stale = true;
    return document;
}

DwDocument *dw_document_parse(const char *text, size_t length, GError **error)
{
    g_autoptr(DwDocument) document = NULL;

    if (!text_fits(length, error))
        return NULL;
    document = document_alloc(text, length);
    return text_check(document->text->str, length, "domain", error) ? g_steal_pointer(&document)
                                                                    : NULL;
}

DwDocument *dw_document_parse_again(const char *text, size_t length)
{
    return document_alloc(text, length);
}

DwDocument *dw_document_new(void)
{
    static const char empty[] = "<domain>\n</domain>\n";

    return document_alloc(empty, strlen(empty));
}

DwDocument *document_new_fragment(const DwDocument *like, DwNode parent, const char *element)
{
    g_autofree char *text = g_strdup_printf("<%s/>", element);
    DwDocument *fragment = document_alloc(text, strlen(text));

    fragment->fragment = true;
    fragment->quote = place_quote(like, parent);
    place_style(like, parent, &fragment->is_inline, &fragment->indent, &fragment->unit,
                &fragment->eol);
    return fragment;
}

DwDocument *dw_document_copy(const DwDocument *document)
{
    DwDocument *copy = document_alloc(document->text->str, document->text->len);

    originals_copy(copy, document);
    /* Both will be read: the table is made once. */
    if (document->stale)
        document_tokenize((DwDocument *)document);
    g_array_append_vals(copy->spans, document->spans->data, document->spans->len);
    copy->stale = false;
    return copy;
}

DwDocument *document_without(const DwDocument *document, const GArray *nodes)
{
    DwDocument *rest = document_alloc("", 0);
    const char *text = document->text->str;
    uint32_t from = 0;

    g_string_set_size(rest->text, document->text->len); /* no secret is left behind by growing */
    g_string_truncate(rest->text, 0);
    for (guint i = 0; i < nodes->len; i++) {
        const DwSpan *span = document_span(document, g_array_index(nodes, DwNode, i));
        g_string_append_len(rest->text, text + from, span->start - from);
        from = span->end;
    }
    g_string_append_len(rest->text, text + from, document->text->len - from);
    return rest;
}

void dw_document_free(DwDocument *document)
{
    if (!document)
        return;
    explicit_bzero(document->text->str, document->text->len); /* it may hold secrets */
    explicit_bzero(document->scratch->str, document->scratch->len);
    g_string_free(document->text, TRUE);
    g_string_free(document->scratch, TRUE);
    g_array_unref(document->spans);
    g_free(document->positions);
    g_clear_pointer(&document->log, g_array_unref);
    originals_free(document);
    g_free(document->indent);
    g_free(document->unit);
    g_free(document->eol);
    g_free(document);
}

const char *dw_document_text(const DwDocument *document, size_t *ret_length)
{
    if (ret_length)
        *ret_length = document->text->len;
    return document->text->str;
}

const char *dw_document_body(const DwDocument *document)
{
    const char *text = document->text->str;

    if (g_str_has_prefix(text, "\xEF\xBB\xBF"))
        text += 3;
    if (g_str_has_prefix(text, "<?xml") && strchr(" \t\r\n", text[5]))
        text = strstr(text, "?>") + 2;
    return text;
}
