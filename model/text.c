/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Character data: what raw XML text means, and how a value is spelt in it; and whether a text is
 * XML at all, which is libxml2's to say. Knows nothing of elements or keys.
 */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "document-private.h"
#include "tree.h"

static const struct {
    const char *name;
    char value;
} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

/* Appends what the reference between '&' and ';' stands for. */
static void decode_reference(GString *out, const char *name, size_t length)
{
    if (name[0] == '#') {
        bool hex = name[1] == 'x';
        g_string_append_unichar(out, strtoul(name + (hex ? 2 : 1), NULL, hex ? 16 : 10));
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
        if (strlen(entities[i].name) == length && memcmp(entities[i].name, name, length) == 0)
            g_string_append_c(out, entities[i].value);
}

static void decode_into(GString *out, const char *raw, size_t length, bool is_attribute)
{
    for (size_t i = 0; i < length; i++) {
        char c = raw[i];
        if (c == '&') {
            const char *end = memchr(raw + i, ';', length - i);
            if (!end)
                return;
            decode_reference(out, raw + i + 1, end - raw - i - 1);
            i = end - raw;
            continue;
        }
        if (c == '\r') {
            if (i + 1 < length && raw[i + 1] == '\n')
                i++;
            c = '\n';
        }
        if (is_attribute && (c == '\n' || c == '\t'))
            c = ' ';
        g_string_append_c(out, c);
    }
}

/* True when raw text means itself. */
static bool is_literal(const char *raw, size_t length, const char *special)
{
    for (size_t i = 0; i < length; i++)
        if (raw[i] < '@' && strchr(special, raw[i]))
            return false;
    return true;
}

char *text_decode(const char *raw, size_t length, bool is_attribute)
{
    if (is_literal(raw, length, is_attribute ? "&\r\n\t" : "&\r"))
        return g_strndup(raw, length);
    GString *out = g_string_sized_new(length);

    decode_into(out, raw, length, is_attribute);
    return g_string_free(out, FALSE);
}

static size_t skip_to(const char *text, size_t end, size_t from, const char *mark)
{
    const char *found = memmem(text + from, end - from, mark, strlen(mark));

    return found ? (size_t)(found - text) + strlen(mark) : end;
}

static bool at(const char *text, size_t end, size_t position, const char *mark)
{
    size_t n = strlen(mark);

    return position + n <= end && memcmp(text + position, mark, n) == 0;
}

bool text_next_run(const char *text, size_t content_end, size_t *position, size_t *ret_length)
{
    size_t p = *position;

    while (p < content_end && text[p] == '<' && !at(text, content_end, p, "<![CDATA["))
        if (at(text, content_end, p, "<!--"))
            p = skip_to(text, content_end, p + 4, "-->");
        else if (at(text, content_end, p, "<?"))
            p = skip_to(text, content_end, p + 2, "?>");
        else
            return false; /* an element: the caller steps over it */
    if (p >= content_end)
        return false;
    *position = p;
    while (p < content_end && (text[p] != '<' || at(text, content_end, p, "<![CDATA[")))
        p = text[p] == '<' ? skip_to(text, content_end, p, "]]>") : p + 1;
    *ret_length = p - *position;
    return true;
}

/* A run with its CDATA sections. */
static void decode_run(GString *out, const char *raw, size_t length)
{
    size_t p = 0;

    while (p < length) {
        const char *section = memmem(raw + p, length - p, "<![CDATA[", 9);
        size_t plain = section ? (size_t)(section - raw) - p : length - p;
        decode_into(out, raw + p, plain, false);
        p += plain;
        if (!section)
            return;
        size_t end = skip_to(raw, length, p, "]]>");
        for (size_t i = p + 9; i < end - 3; i++)
            if (raw[i] != '\r')
                g_string_append_c(out, raw[i]);
            else if (raw[i + 1] != '\n')
                g_string_append_c(out, '\n');
        p = end;
    }
}

char *text_decode_content(const char *raw, size_t length)
{
    if (is_literal(raw, length, "<&\r"))
        return g_strndup(raw, length);
    GString *out = g_string_sized_new(length);
    size_t position = 0, run;

    while (text_next_run(raw, length, &position, &run)) {
        decode_run(out, raw + position, run);
        position += run;
    }
    return g_string_free(out, FALSE);
}

static void encode_one(GString *out, char c, char quote)
{
    if (c == '&')
        g_string_append(out, "&amp;");
    else if (c == '<')
        g_string_append(out, "&lt;");
    else if (c == '>')
        g_string_append(out, "&gt;");
    else if (c == quote)
        g_string_append(out, quote == '"' ? "&quot;" : "&apos;");
    else if (c == '\r' || quote)
        g_string_append_printf(out, "&#%d;", c);
    else
        g_string_append_c(out, c);
}

static bool needs_escape(char c, char quote)
{
    return c == '&' || c == '<' || c == '>' || c == '\r' ||
           (quote && (c == quote || c == '\n' || c == '\t'));
}

void text_encode(GString *out, const char *value, char quote)
{
    for (;;) {
        size_t plain = 0;
        while (value[plain] && !needs_escape(value[plain], quote))
            plain++;
        g_string_append_len(out, value, plain);
        value += plain;
        if (!*value)
            return;
        encode_one(out, *value++, quote);
    }
}

bool text_is_valid(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF)
            return false;
    }
    return true;
}

/* ---- Is it XML? ---- */

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
    size_t p = at(text, length, 0, "\xEF\xBB\xBF") ? 3 : 0;

    for (;;) {
        while (p < length && strchr(" \t\r\n", text[p]) && text[p])
            p++;
        if (at(text, length, p, "<!--"))
            p = skip_to(text, length, p + 4, "-->");
        else if (at(text, length, p, "<?"))
            p = skip_to(text, length, p + 2, "?>");
        else
            return at(text, length, p, "<!DOCTYPE");
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
        if (at(text, length, p, "<!--")) {
            p = skip_to(text, length, p + 4, "-->");
        } else if (at(text, length, p, "<![CDATA[")) {
            p = skip_to(text, length, p, "]]>");
        } else if (at(text, length, p, "<?")) {
            p = skip_to(text, length, p, "?>");
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

/* The libxml2 context is the dear part of parsing a small text, so that each thread keeps one. */
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
