/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a text is XML within our limits: libxml2's SAX parser has the word, except about DOCTYPEs
 * and very wide elements, which are refused before it sees them. Any thread; each keeps a parser.
 */
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "document/document-private.h"
#include "document/xml-tree.h"

typedef struct {
    xmlParserCtxtPtr parser;
    const char *root;
    unsigned depth, nodes;
    GError *error;
} Check;

static void check_fail(Check *check, DwErrorCode code, const char *message)
{
    if (!check->error)
        check->error = g_error_new_literal(DW_ERROR, code, message);
    xmlStopParser(check->parser);
}

static void check_count(Check *check, unsigned nodes)
{
    check->nodes += nodes;
    if (check->nodes > DW_MAX_NODES)
        check_fail(check, DW_ERROR_LIMIT_EXCEEDED,
                   "The document has more than " G_STRINGIFY(DW_MAX_NODES) " nodes.");
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    Check *check = data;

    if (check->depth == 0 && check->root && (uri || strcmp((const char *)name, check->root) != 0)) {
        g_autofree char *message =
            g_strdup_printf("The root element is <%s>%s%s%s; it must be <%s> without a namespace.",
                            (const char *)name, uri ? " of namespace \"" : "",
                            uri ? (const char *)uri : "", uri ? "\"" : "", check->root);
        check_fail(check, DW_ERROR_INVALID_XML, message);
    }
    if (++check->depth > DW_MAX_DEPTH)
        check_fail(check, DW_ERROR_LIMIT_EXCEEDED,
                   "The document is nested deeper than " G_STRINGIFY(DW_MAX_DEPTH) " levels.");
    check_count(check, 1 + n_attributes + n_namespaces);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    ((Check *)data)->depth--;
}

static void on_comment(void *data, const xmlChar *text)
{
    check_count(data, 1);
}

static void on_instruction(void *data, const xmlChar *target, const xmlChar *text)
{
    check_count(data, 1);
}

/* A DOCTYPE can only stand before the root: looks past what else may. */
static bool has_doctype(const char *text, size_t length)
{
    size_t p = text_is_at(text, length, 0, "\xEF\xBB\xBF") ? 3 : 0;

    for (;;) {
        while (p < length && strchr(" \t\r\n", text[p]) && text[p])
            p++;
        if (text_is_at(text, length, p, "<!--"))
            p = text_skip_to(text, length, p + 4, "-->");
        else if (text_is_at(text, length, p, "<?"))
            p = text_skip_to(text, length, p + 2, "?>");
        else
            return text_is_at(text, length, p, "<!DOCTYPE");
    }
}

/* libxml2 compares each attribute of an element with all before it: so many of them in one element
 * take a moment, a hundred times so many take minutes. Shorter texts cannot hold so many that it
 * matters. */
#define MANY_ATTRIBUTES 1024
#define SHORT_TEXT      (32 * 1024)

static bool has_wide_element(const char *text, size_t length)
{
    const char *tag;

    for (size_t p = 0; (tag = memchr(text + p, '<', length - p));) {
        p = tag - text;
        if (text_is_at(text, length, p, "<!--")) {
            p = text_skip_to(text, length, p + 4, "-->");
        } else if (text_is_at(text, length, p, "<![CDATA[")) {
            p = text_skip_to(text, length, p, "]]>");
        } else if (text_is_at(text, length, p, "<?")) {
            p = text_skip_to(text, length, p, "?>");
        } else {
            unsigned count = 0;
            for (; p < length && text[p] != '>'; p++) {
                if (text[p] != '"' && text[p] != '\'')
                    continue;
                const char *end = memchr(text + p + 1, text[p], length - p - 1);
                if (!end)
                    return false;
                p = end - text;
                if (++count > MANY_ATTRIBUTES)
                    return true;
            }
        }
    }
    return false;
}

/* A context keeps every name it has met; beyond this many bytes it is made anew. */
#define DICTIONARY_KEPT (64 * 1024)

/* Creating a parser context dominates the cost of parsing a small text, so each thread reuses one.
 */
static xmlParserCtxtPtr parser_get(void)
{
    static GPrivate kept = G_PRIVATE_INIT((GDestroyNotify)xmlFreeParserCtxt);
    xmlParserCtxtPtr parser = g_private_get(&kept);

    if (!parser || xmlDictGetUsage(parser->dict) > DICTIONARY_KEPT) {
        g_private_replace(&kept, tree_parser_new());
        parser = g_private_get(&kept);
    }
    return parser;
}

static void check_run(Check *check, const char *text, size_t length)
{
    xmlParserCtxtPtr parser = parser_get();
    xmlSAXHandler *sax;

    if (!parser)
        g_error("out of memory");
    xmlCtxtReset(parser);
    sax = parser->sax;
    memset(sax, 0, sizeof *sax);
    sax->initialized = XML_SAX2_MAGIC;
    sax->startElementNs = on_start;
    sax->endElementNs = on_end;
    sax->comment = on_comment;
    sax->processingInstruction = on_instruction;
    check->parser = parser;
    parser->userData = check;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                  XML_PARSE_IGNORE_ENC);
    /* A string is read where it is; xmlCtxtReadMemory would copy it first. */
    if (inputPush(parser, xmlNewStringInputStream(parser, (const xmlChar *)text)) < 0)
        g_error("out of memory");
    xmlParseDocument(parser);
    if (check->error || (parser->wellFormed && parser->nsWellFormed))
        return;
    const xmlError *fault = xmlCtxtGetLastError(parser);
    /* libxml2 quotes the text it stumbled over, and cuts it between bytes. */
    g_autofree char *why =
        g_utf8_make_valid(fault && fault->message ? fault->message : "parse error", -1);
    check->error = g_error_new(DW_ERROR, DW_ERROR_INVALID_XML, "Not well-formed XML, line %d: %s.",
                               fault ? fault->line : 0, g_strchomp(why));
}

static bool is_ascii(const char *text, size_t length)
{
    uint64_t bits = 0, word;
    size_t i = 0;

    for (; i + sizeof word <= length; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        bits |= word;
    }
    for (; i < length; i++)
        bits |= (uint64_t)(text[i] & 0x80);
    return (bits & 0x8080808080808080) == 0;
}

bool text_fits(size_t length, GError **error)
{
    if (length <= DW_MAX_BYTES)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                "The document has %zu bytes; the limit is %d.", length, DW_MAX_BYTES);
    return false;
}

bool text_check(const char *text, size_t length, const char *root, GError **error)
{
    Check check = {.root = root};

    if (!text_fits(length, error))
        return false;
    if (memchr(text, 0, length) ||
        (!is_ascii(text, length) && !g_utf8_validate(text, length, NULL))) {
        g_set_error_literal(error, DW_ERROR, DW_ERROR_INVALID_XML, "The text is not valid UTF-8.");
        return false;
    }
    if (has_doctype(text, length)) {
        g_set_error_literal(error, DW_ERROR, DW_ERROR_INVALID_XML,
                            "The document has a DOCTYPE; remove it.");
        return false;
    }
    if (length > SHORT_TEXT && has_wide_element(text, length)) {
        g_set_error_literal(
            error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
            "An element has more than " G_STRINGIFY(MANY_ATTRIBUTES) " attributes.");
        return false;
    }
    check_run(&check, text, length);
    if (!check.error)
        return true;
    g_propagate_error(error, check.error);
    return false;
}
