/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The element table of a document: a tokenizer over text already known to be well-formed, and
 * reading through it. Used by everything that reads a document; changes nothing.
 */
#include <string.h>

#include "document/document-private.h"

/* ---- Tokenizer ---- */

typedef struct {
    DwDocument *document;
    const char *text;
    DwSpan *spans;
    DwNode n;
    DwNode open; /* the element being filled */
    DwNode last; /* its last child so far */
    /* Is a default namespace in force inside the open elements, the outermost first? */
    bool defaults[2 * DW_MAX_DEPTH];
    unsigned depth;
} Tokenizer;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Looked up, because these loops see every byte of every tag. */
static const bool ends_name[256] = {[' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true,
                                    ['>'] = true, ['/'] = true,  ['='] = true};
static const bool matters_in_tag[256] = {['>'] = true, ['"'] = true, ['\''] = true, ['x'] = true};

static uint32_t name_end(const char *text, uint32_t p)
{
    while (!ends_name[(unsigned char)text[p]])
        p++;
    return p;
}

/* Finds the end of a start tag; *ret_default changes when it declares a default namespace. */
static uint32_t scan_tag(const char *text, uint32_t p, bool *ret_default)
{
    for (;;) {
        while (!matters_in_tag[(unsigned char)text[p]])
            p++;
        char found = text[p++];
        if (found == '>')
            return p;
        if (found != 'x') {
            while (text[p] != found)
                p++;
            p++;
        } else if (is_space(text[p - 2]) && memcmp(text + p, "mlns", 4) == 0 &&
                   (text[p + 4] == '=' || is_space(text[p + 4]))) {
            p += 4 + strcspn(text + p + 4, "'\"");
            *ret_default = text[p + 1] != text[p];
        }
    }
}

static uint32_t skip_past(const char *text, uint32_t from, const char *mark)
{
    return strstr(text + from, mark) - text + strlen(mark);
}

static DwSpan *new_span(Tokenizer *t, DwNode node)
{
    if ((guint)node >= t->document->spans->len) {
        g_array_set_size(t->document->spans, node < 32 ? 64 : 2 * node);
        t->spans = (DwSpan *)t->document->spans->data;
    }
    return &t->spans[node];
}

static void open_element(Tokenizer *t, uint32_t start, uint32_t *position)
{
    bool in_default = t->defaults[t->depth];
    uint32_t name = name_end(t->text, start + 1);
    uint32_t end = scan_tag(t->text, name, &in_default);
    bool prefixed = memchr(t->text + start + 1, ':', name - start - 1);
    DwNode node = t->n++;
    DwSpan *span = new_span(t, node);

    *span = (DwSpan){.start = start, .tag_end = end, .content_end = end, .end = end};
    span->parent = t->open;
    span->first_child = span->next = DW_NODE_NONE;
    span->name_length = name - start - 1;
    span->foreign = prefixed || in_default;
    span->self_closed = t->text[end - 2] == '/';
    if (t->last != DW_NODE_NONE)
        t->spans[t->last].next = node;
    else if (t->open != DW_NODE_NONE)
        t->spans[t->open].first_child = node;
    t->last = node;
    *position = end;
    if (span->self_closed)
        return;
    g_assert(t->depth + 1 < G_N_ELEMENTS(t->defaults));
    t->defaults[++t->depth] = in_default;
    t->open = node;
    t->last = DW_NODE_NONE;
}

static void close_element(Tokenizer *t, uint32_t start, uint32_t *position)
{
    DwSpan *span = &t->spans[t->open];

    *position = strchr(t->text + start, '>') - t->text + 1;
    span->content_end = start;
    span->end = *position;
    t->last = t->open;
    t->open = span->parent;
    t->depth--;
}

void document_tokenize(DwDocument *document)
{
    Tokenizer t;
    uint32_t p = 0;

    t.document = document;
    t.text = document->text->str;
    t.open = t.last = DW_NODE_NONE;
    t.defaults[0] = false;
    t.depth = 0;
    t.n = 0;
    t.spans = (DwSpan *)document->spans->data;
    for (;;) {
        while (t.text[p] && t.text[p] != '<')
            p++; /* a few blanks, mostly: shorter than a call */
        if (!t.text[p])
            break;
        if (t.text[p + 1] == '/')
            close_element(&t, p, &p);
        else if (t.text[p + 1] == '?')
            p = skip_past(t.text, p + 2, "?>");
        else if (memcmp(t.text + p, "<!--", 4) == 0)
            p = skip_past(t.text, p + 4, "-->");
        else if (t.text[p + 1] == '!')
            p = skip_past(t.text, p + 9, "]]>");
        else
            open_element(&t, p, &p);
    }
    g_array_set_size(document->spans, t.n);
    g_clear_pointer(&document->positions, g_free);
    document->stale = false;
}

/* ---- Elements ---- */

/* DW_NODE_NONE reads as an element that has no name, no attributes and no content. */
static const DwSpan *span_of(const DwDocument *document, DwNode node)
{
    static const DwSpan nothing = {
        .parent = DW_NODE_NONE, .first_child = DW_NODE_NONE, .next = DW_NODE_NONE};

    return node == DW_NODE_NONE ? &nothing : document_span(document, node);
}

DwNode document_root(const DwDocument *document)
{
    return 0;
}

DwNode node_parent(const DwDocument *document, DwNode node)
{
    return span_of(document, node)->parent;
}

DwNode node_first_child(const DwDocument *document, DwNode node)
{
    return span_of(document, node)->first_child;
}

DwNode node_next(const DwDocument *document, DwNode node)
{
    return span_of(document, node)->next;
}

static const char *span_name(const DwDocument *document, const DwSpan *span)
{
    return document->text->str + span->start + 1;
}

static bool span_is(const DwDocument *document, const DwSpan *span, const char *name, size_t length)
{
    return !span->foreign && span->name_length == length && *span_name(document, span) == *name &&
           memcmp(span_name(document, span), name, length) == 0;
}

bool node_is(const DwDocument *document, DwNode node, const char *name)
{
    return span_is(document, span_of(document, node), name, strlen(name));
}

bool node_is_foreign(const DwDocument *document, DwNode node)
{
    return span_of(document, node)->foreign;
}

bool node_has_local_name(const DwDocument *document, DwNode node, const char *name)
{
    if (!node_is_foreign(document, node))
        return node_is(document, node, name);
    g_autofree char *prefixed = node_name(document, node);
    const char *colon = strrchr(prefixed, ':');

    return strcmp(colon ? colon + 1 : prefixed, name) == 0;
}

static DwNode first_named(const DwDocument *document, DwNode node, const char *name, size_t length)
{
    const DwSpan *spans = (const DwSpan *)document->spans->data;

    while (node != DW_NODE_NONE && !span_is(document, &spans[node], name, length))
        node = spans[node].next;
    return node;
}

DwNode node_child(const DwDocument *document, DwNode node, const char *name)
{
    return first_named(document, span_of(document, node)->first_child, name, strlen(name));
}

DwNode node_child_named(const DwDocument *document, DwNode node, const char *name, size_t length)
{
    return first_named(document, span_of(document, node)->first_child, name, length);
}

DwNode node_next_same(const DwDocument *document, DwNode node)
{
    const DwSpan *span = span_of(document, node);

    return first_named(document, span->next, span_name(document, span), span->name_length);
}

DwNode node_next_named(const DwDocument *document, DwNode node, const char *name)
{
    return first_named(document, span_of(document, node)->next, name, strlen(name));
}

char *node_name(const DwDocument *document, DwNode node)
{
    const DwSpan *span = span_of(document, node);

    return g_strndup(span_name(document, span), span->name_length);
}

const char *node_raw_name(const DwDocument *document, DwNode node, size_t *ret_length)
{
    const DwSpan *span = span_of(document, node);

    *ret_length = span->name_length;
    return span_name(document, span);
}

/* What the declaration of that name says where node stands, or NULL. */
static char *find_declaration(const DwDocument *document, DwNode node, const char *declaration)
{
    for (; node != DW_NODE_NONE; node = node_parent(document, node)) {
        char *uri = node_attribute(document, node, declaration);

        if (uri && *uri)
            return uri;
        if (uri) {
            g_free(uri);
            return NULL;
        }
    }
    return NULL;
}

char *node_prefix_uri(const DwDocument *document, DwNode node, const char *prefix, size_t length)
{
    g_autofree char *declaration = g_strdup_printf("xmlns:%.*s", (int)length, prefix);

    return find_declaration(document, node, declaration);
}

char *node_namespace(const DwDocument *document, DwNode node)
{
    size_t length;
    const char *name = node_raw_name(document, node, &length);
    const char *colon = memchr(name, ':', length);

    return colon ? node_prefix_uri(document, node, name, (size_t)(colon - name))
                 : find_declaration(document, node, "xmlns");
}

bool node_is_in(const DwDocument *document, DwNode node, const char *uri, const char *name)
{
    if (!uri || !node_is_foreign(document, node))
        return !uri && node_is(document, node, name);
    size_t length, local = strlen(name);
    const char *raw = node_raw_name(document, node, &length);

    if (length < local || memcmp(raw + length - local, name, local) != 0 ||
        (length > local && raw[length - local - 1] != ':'))
        return false;
    g_autofree char *own = node_namespace(document, node);
    return g_strcmp0(own, uri) == 0;
}

/* What a prefix stands for inside node, or NULL. */
static char *prefix_uri(const DwDocument *document, DwNode node, const char *declaration)
{
    for (; node != DW_NODE_NONE; node = node_parent(document, node)) {
        char *uri = node_attribute(document, node, declaration);
        if (uri)
            return uri;
    }
    return NULL;
}

char *node_prefix_of(const DwDocument *document, DwNode node, const char *uri)
{
    for (DwNode at = node; at != DW_NODE_NONE; at = node_parent(document, at)) {
        DwNodeAttribute attribute = {0};
        while (node_next_attribute(document, at, &attribute)) {
            if (strncmp(attribute.name, "xmlns:", 6) != 0)
                continue;
            g_autofree char *declaration = g_strndup(attribute.name, attribute.name_length);
            g_autofree char *inner = prefix_uri(document, node, declaration);
            if (g_strcmp0(inner, uri) == 0)
                return g_strdup(declaration + strlen("xmlns:"));
        }
    }
    return NULL;
}

/* ---- Attributes ---- */

bool span_next_attribute(const DwDocument *document, const DwSpan *span, DwAttribute *attribute)
{
    const char *text = document->text->str;
    uint32_t p = attribute->end ? attribute->end : span->start + 1 + span->name_length;

    if (span->name_length == 0)
        return false; /* of no element */
    while (is_space(text[p]))
        p++;
    if (text[p] == '>' || text[p] == '/')
        return false;
    attribute->name = p;
    p = name_end(text, p);
    attribute->name_length = p - attribute->name;
    while (text[p] != '\'' && text[p] != '"')
        p++; /* '=', mostly: shorter than a call */
    attribute->value = p + 1;
    attribute->value_length = strchr(text + p + 1, text[p]) - text - p - 1;
    attribute->end = attribute->value + attribute->value_length + 1;
    return true;
}

bool span_find_attribute(const DwDocument *document, const DwSpan *span, const char *name,
                         DwAttribute *ret_attribute)
{
    size_t length = strlen(name);

    *ret_attribute = (DwAttribute){0};
    while (span_next_attribute(document, span, ret_attribute))
        if (ret_attribute->name_length == length &&
            memcmp(document->text->str + ret_attribute->name, name, length) == 0)
            return true;
    return false;
}

char *node_attribute(const DwDocument *document, DwNode node, const char *name)
{
    DwAttribute attribute;

    if (!span_find_attribute(document, span_of(document, node), name, &attribute))
        return NULL;
    return text_decode(document->text->str + attribute.value, attribute.value_length, true);
}

char **node_attribute_names(const DwDocument *document, DwNode node)
{
    GPtrArray *names = g_ptr_array_new();
    DwAttribute attribute = {0};

    while (span_next_attribute(document, span_of(document, node), &attribute))
        g_ptr_array_add(names,
                        g_strndup(document->text->str + attribute.name, attribute.name_length));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, false);
}

bool node_next_attribute(const DwDocument *document, DwNode node, DwNodeAttribute *attribute)
{
    DwAttribute at = {.end = attribute->end};

    if (!span_next_attribute(document, span_of(document, node), &at))
        return false;
    attribute->name = document->text->str + at.name;
    attribute->name_length = at.name_length;
    attribute->raw = document->text->str + at.value;
    attribute->raw_length = at.value_length;
    attribute->end = at.end;
    return true;
}

char *attribute_value(const DwNodeAttribute *attribute)
{
    return text_decode(attribute->raw, attribute->raw_length, true);
}

bool node_has_attribute(const DwDocument *document, DwNode node, const char *name)
{
    return span_find_attribute(document, span_of(document, node), name, &(DwAttribute){0});
}

bool node_has_attributes(const DwDocument *document, DwNode node)
{
    return span_next_attribute(document, span_of(document, node), &(DwAttribute){0});
}

bool node_attribute_is(const DwDocument *document, DwNode node, const char *name, const char *value)
{
    DwAttribute attribute;

    if (!span_find_attribute(document, span_of(document, node), name, &attribute))
        return false;
    const char *raw = document->text->str + attribute.value;
    for (uint32_t i = 0; i < attribute.value_length; i++)
        if (raw[i] == '&' || raw[i] == '\t' || raw[i] == '\n' || raw[i] == '\r') {
            g_autofree char *decoded = text_decode(raw, attribute.value_length, true);
            return strcmp(decoded, value) == 0;
        }
    return strlen(value) == attribute.value_length && memcmp(raw, value, strlen(value)) == 0;
}

static bool parse_digits(const char *raw, size_t length, unsigned *ret_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < length && number <= UINT32_MAX; i++) {
        if (!g_ascii_isdigit(raw[i]))
            return false;
        number = number * 10 + (uint64_t)(raw[i] - '0');
    }
    *ret_number = (unsigned)number;
    return length > 0 && number <= UINT32_MAX;
}

bool node_attribute_number(const DwDocument *document, DwNode node, const char *name,
                           bool *ret_there, unsigned *ret_number)
{
    DwAttribute attribute;

    *ret_there = span_find_attribute(document, span_of(document, node), name, &attribute);
    if (!*ret_there)
        return false;
    const char *raw = document->text->str + attribute.value;
    if (!memchr(raw, '&', attribute.value_length))
        return parse_digits(raw, attribute.value_length, ret_number);
    g_autofree char *decoded = text_decode(raw, attribute.value_length, true);
    return parse_digits(decoded, strlen(decoded), ret_number);
}

/* ---- Content ---- */

char *node_text(const DwDocument *document, DwNode node)
{
    const DwSpan *span = span_of(document, node);
    const char *text = document->text->str;

    if (span->first_child == DW_NODE_NONE)
        return text_decode_content(text + span->tag_end, span->content_end - span->tag_end);
    GString *out = g_string_new(NULL);
    uint32_t from = span->tag_end;
    for (DwNode child = span->first_child;; child = node_next(document, child)) {
        uint32_t to = child == DW_NODE_NONE ? span->content_end : span_of(document, child)->start;
        g_autofree char *part = text_decode_content(text + from, to - from);
        g_string_append(out, part);
        if (child == DW_NODE_NONE)
            return g_string_free(out, FALSE);
        from = span_of(document, child)->end;
    }
}

/* White space is the same in all spellings but character references and CDATA, which count as text:
 * nobody writes blanks like that. */
static bool is_blank_between(const char *text, size_t from, size_t to)
{
    size_t position = from, length;

    while (text_next_run(text, to, &position, &length)) {
        for (size_t i = 0; i < length; i++)
            if (!is_space(text[position + i]))
                return false;
        position += length;
    }
    return true;
}

bool node_has_text(const DwDocument *document, DwNode node)
{
    const DwSpan *span = span_of(document, node);
    uint32_t from = span->tag_end;

    for (DwNode child = span->first_child; child != DW_NODE_NONE;) {
        const DwSpan *next = span_of(document, child);
        if (!is_blank_between(document->text->str, from, next->start))
            return true;
        from = next->end;
        child = next->next;
    }
    return !is_blank_between(document->text->str, from, span->content_end);
}

const char *node_tag(const DwDocument *document, DwNode node, size_t *ret_length)
{
    const DwSpan *span = span_of(document, node);

    *ret_length = span->tag_end - span->start;
    return document->text->str + span->start;
}

const char *node_bytes(const DwDocument *document, DwNode node, size_t *ret_length)
{
    const DwSpan *span = span_of(document, node);

    *ret_length = span->end - span->start;
    return document->text->str + span->start;
}

bool node_same_bytes(const DwDocument *document, DwNode node, const DwDocument *other,
                     DwNode other_node)
{
    size_t length, other_length;
    const char *bytes = node_bytes(document, node, &length);
    const char *other_bytes = node_bytes(other, other_node, &other_length);

    return length == other_length && memcmp(bytes, other_bytes, length) == 0;
}

bool node_same_tag(const DwDocument *document, DwNode node, const DwDocument *other,
                   DwNode other_node)
{
    size_t length, other_length;
    const char *tag = node_tag(document, node, &length);
    const char *other_tag = node_tag(other, other_node, &other_length);

    return length == other_length && memcmp(tag, other_tag, length) == 0;
}

char *node_xml(const DwDocument *document, DwNode node)
{
    const DwSpan *span = span_of(document, node);

    return g_strndup(document->text->str + span->start, span->end - span->start);
}

bool node_is_blank(const DwDocument *document, DwNode node)
{
    const DwSpan *span = span_of(document, node);

    for (uint32_t p = span->tag_end; p < span->content_end; p++)
        if (!is_space(document->text->str[p]))
            return false;
    return true;
}
