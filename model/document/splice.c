/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to a document. Each is one or more splices of its text, recorded with their inverses;
 * this file decides where new text goes and how it is spaced and quoted. Knows no keys.
 */
#include <string.h>

#include "document/document-private.h"

/* ---- The splice, its record and what must follow it ---- */

static void replace_bytes(DwDocument *document, uint32_t position, uint32_t removed,
                          const char *text, uint32_t length)
{
    g_string_erase(document->text, position, removed);
    g_string_insert_len(document->text, position, text, length);
    originals_shift(document, position, removed, (int64_t)length - removed);
}

static void splice_clear(gpointer data)
{
    g_free(((DwSplice *)data)->removed);
}

/* Leaves the element table stale; splice_tag and node_add_child keep it. */
void document_splice(DwDocument *document, uint32_t position, uint32_t removed, const char *text,
                     size_t length)
{
    if (!document->fragment) {
        DwSplice record = {.position = position,
                           .inserted = length,
                           .removed = g_strndup(document->text->str + position, removed),
                           .removed_length = removed};
        if (!document->log) {
            document->log = g_array_new(false, false, sizeof(DwSplice));
            g_array_set_clear_func(document->log, splice_clear);
        }
        g_array_append_val(document->log, record);
    }
    replace_bytes(document, position, removed, text, length);
    document->stale = true;
}

/* A splice inside a start tag. No element comes or goes, and none begins or ends there: each of
 * their edges is either before it or behind it. */
static void splice_tag(DwDocument *document, uint32_t position, uint32_t removed, const char *text,
                       size_t length)
{
    int64_t delta = (int64_t)length - removed;
    bool was_stale = document->stale;

    document_splice(document, position, removed, text, length);
    document->stale = was_stale;
    if (!was_stale)
        table_shift(document, position, delta);
}

size_t document_mark(const DwDocument *document)
{
    return document->log ? document->log->len : 0;
}

void document_rollback(DwDocument *document, size_t mark)
{
    if (document_mark(document) == mark)
        return;
    while (document->log->len > mark) {
        DwSplice *last = &g_array_index(document->log, DwSplice, document->log->len - 1);
        replace_bytes(document, last->position, last->inserted, last->removed,
                      last->removed_length);
        g_array_set_size(document->log, document->log->len - 1);
    }
    originals_rollback(document, mark);
    document->stale = true;
}

void document_forget(DwDocument *document)
{
    g_clear_pointer(&document->log, g_array_unref);
    originals_settle(document);
}

/* ---- Memory of how elements were written ---- */

/* Called before something is put into node. */
static void remember(DwDocument *document, DwNode node)
{
    if (!document->fragment && node_is_blank(document, node) &&
        !original_element_find(document, node))
        original_element_add(document, node, DW_ORIGIN_EMPTY);
}

/* Called when something was taken out of node. */
static void restore_tail(DwDocument *document, DwNode node)
{
    DwOriginalElement *original = original_element_find(document, node);
    const DwSpan *span = document_span(document, node);

    if (!original || !original->tail || !node_is_blank(document, node))
        return;
    uint32_t from = tail_start(span);
    g_autofree char *tail = g_strdup(original->tail);
    if (strlen(tail) != span->end - from || memcmp(document->text->str + from, tail, strlen(tail)))
        document_splice(document, from, span->end - from, tail, strlen(tail));
}

/* ---- Style of the surroundings ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The start of the line an element begins on, when nothing but blanks stands before it there. */
static bool own_line(const DwDocument *document, uint32_t start, uint32_t *ret_line)
{
    uint32_t p = start;

    while (p > 0 && is_blank(document->text->str[p - 1]))
        p--;
    *ret_line = p;
    return p == 0 ? !document->is_inline : document->text->str[p - 1] == '\n';
}

static char *indent_of(const DwDocument *document, uint32_t start)
{
    uint32_t line;

    if (!own_line(document, start, &line))
        return g_strdup("");
    if (line == 0 && document->fragment)
        return g_strdup(document->indent);
    return g_strndup(document->text->str + line, start - line);
}

static const char *eol_of(const DwDocument *document)
{
    if (document->fragment)
        return document->eol;
    const char *newline = strchr(document->text->str, '\n');
    return newline && newline > document->text->str && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* How much deeper than itself the root's children stand. */
static char *unit_of(const DwDocument *document)
{
    uint32_t line;

    if (document->fragment)
        return g_strdup(document->unit);
    const DwSpan *root = document_span(document, document_root(document));
    if (root->first_child == DW_NODE_NONE ||
        !own_line(document, document_span(document, root->first_child)->start, &line))
        return g_strdup("  ");
    g_autofree char *outer = indent_of(document, root->start);
    char *inner = indent_of(document, document_span(document, root->first_child)->start);
    if (!g_str_has_prefix(inner, outer) || strlen(inner) == strlen(outer)) {
        g_free(inner);
        return g_strdup("  ");
    }
    memmove(inner, inner + strlen(outer), strlen(inner + strlen(outer)) + 1);
    return inner;
}

static char tag_quote(const DwDocument *document, DwNode node)
{
    DwAttribute attribute = {0};

    if (!span_next_attribute(document, document_span(document, node), &attribute))
        return 0;
    return document->text->str[attribute.end - 1];
}

char place_quote(const DwDocument *document, DwNode parent)
{
    char quote = tag_quote(document, parent);
    DwNode child = node_first_child(document, parent);

    for (; !quote && child != DW_NODE_NONE; child = node_next(document, child))
        quote = tag_quote(document, child);
    for (; !quote && parent != DW_NODE_NONE; parent = node_parent(document, parent))
        quote = tag_quote(document, parent);
    return quote ? quote : document->fragment ? document->quote : '\'';
}

void place_style(const DwDocument *document, DwNode parent, bool *ret_inline, char **ret_indent,
                 char **ret_unit, char **ret_eol)
{
    const DwSpan *span = document_span(document, parent);
    DwNode child = span->first_child;
    uint32_t line;

    *ret_unit = unit_of(document);
    *ret_eol = g_strdup(eol_of(document));
    if (child != DW_NODE_NONE) {
        uint32_t start = document_span(document, child)->start;
        *ret_inline = !own_line(document, start, &line);
        *ret_indent = indent_of(document, start);
        return;
    }
    g_autofree char *outer = indent_of(document, span->start);
    *ret_inline = !own_line(document, span->start, &line);
    *ret_indent = g_strconcat(outer, *ret_unit, NULL);
}

/* ---- Attributes and text ---- */

/* The end of the named attribute, or of the tag's last one, or of its name. */
static uint32_t attribute_end(const DwDocument *document, const DwSpan *span, const char *name)
{
    DwAttribute attribute;
    uint32_t end = span->start + 1 + span->name_length;

    if (name && *name && span_find_attribute(document, span, name, &attribute))
        return attribute.end;
    if (name && !*name)
        return end;
    for (attribute = (DwAttribute){0}; span_next_attribute(document, span, &attribute);)
        end = attribute.end;
    return end;
}

static bool means(const char *raw, const char *value, bool is_attribute)
{
    g_autofree char *decoded =
        is_attribute ? text_decode(raw, strlen(raw), true) : text_decode_content(raw, strlen(raw));
    return strcmp(decoded, value) == 0;
}

static void add_attribute(DwDocument *document, DwNode node, const char *name, const char *value)
{
    const DwSpan *span = document_span(document, node);
    const DwOriginalValue *old = original_value_find(document, node, name);
    char quote = place_quote(document, node);
    const char *after = NULL;
    GString *text = document->scratch;

    g_string_assign(text, " ");
    g_string_append(text, name);
    g_string_append_c(text, '=');
    g_string_append_c(text, quote);
    text_encode(text, value, quote);
    g_string_append_c(text, quote);
    if (old && old->after) {
        const char *equals = strchr(old->raw, '=') + 1;
        const char *begin = equals + strcspn(equals, "'\"") + 1;
        g_autofree char *inner = g_strndup(begin, strlen(begin) - 1);
        after = old->after;
        if (means(inner, value, true))
            g_string_assign(text, old->raw);
    }
    remember(document, node);
    uint32_t position = attribute_end(document, span, after);
    original_value_add(document, node, name, NULL, NULL);
    splice_tag(document, position, 0, text->str, text->len);
}

void node_set_attribute(DwDocument *document, DwNode node, const char *name, const char *value)
{
    const DwSpan *span = document_span(document, node);
    const DwOriginalValue *old;
    DwAttribute attribute;

    if (node_attribute_is(document, node, name, value))
        return;
    if (!span_find_attribute(document, span, name, &attribute)) {
        add_attribute(document, node, name, value);
        return;
    }
    const char *raw = document->text->str + attribute.value;
    g_autoptr(GString) text = g_string_new(NULL);
    original_value_add(document, node, name, g_strndup(raw, attribute.value_length), NULL);
    old = original_value_find(document, node, name);
    if (old && old->raw && !old->after && means(old->raw, value, true))
        g_string_assign(text, old->raw);
    else
        text_encode(text, value, document->text->str[attribute.end - 1]);
    splice_tag(document, attribute.value, attribute.value_length, text->str, text->len);
}

bool node_unset_attribute(DwDocument *document, DwNode node, const char *name)
{
    const DwSpan *span = document_span(document, node);
    DwAttribute attribute, before = {0}, at = {0};

    if (!span_find_attribute(document, span, name, &attribute))
        return false;
    while (span_next_attribute(document, span, &at) && at.name != attribute.name)
        before = at;
    uint32_t from = attribute.name;
    const char *text = document->text->str;
    while (g_ascii_isspace(text[from - 1]))
        from--;
    original_value_add(document, node, name, g_strndup(text + from, attribute.end - from),
                       g_strndup(text + before.name, before.name_length));
    splice_tag(document, from, attribute.end - from, "", 0);
    return true;
}

char *node_original_attribute(const DwDocument *document, DwNode node, const char *name)
{
    const DwOriginalValue *old = original_value_find(document, node, name);

    return old && old->raw && !old->after ? text_decode(old->raw, strlen(old->raw), true) : NULL;
}

bool node_attribute_is_new(const DwDocument *document, DwNode node, const char *name)
{
    const DwOriginalValue *old = original_value_find(document, node, name);

    return old && !old->raw;
}

/* Replaces the first run of text that is not blank and takes out the others. */
static bool replace_runs(DwDocument *document, const DwSpan *span, const char *text)
{
    size_t position = span->tag_end, end = span->content_end, length;
    bool placed = false;

    while (text_next_run(document->text->str, end, &position, &length)) {
        g_autofree char *run = g_strndup(document->text->str + position, length);
        bool blank = !*g_strchug(run);
        const char *by = placed || blank ? "" : text;
        if (!blank) {
            document_splice(document, position, length, by, strlen(by));
            end += strlen(by) - length;
            length = strlen(by);
            placed = true;
        }
        position += length;
    }
    return placed;
}

/* Was it <a/> or <a></a>? White space would be a text of its own. */
static bool was_empty(const DwDocument *document, DwNode node)
{
    const DwOriginalElement *original = original_element_find(document, node);

    return original && original->tail &&
           (g_str_has_prefix(original->tail, "/>") || g_str_has_prefix(original->tail, "></"));
}

void node_set_text(DwDocument *document, DwNode node, const char *value)
{
    const DwSpan *span = document_span(document, node);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *now = node_text(document, node);

    if (strcmp(now, value) == 0)
        return;
    if (span->first_child == DW_NODE_NONE && !span->self_closed)
        original_value_add(
            document, node, "",
            g_strndup(document->text->str + span->tag_end, span->content_end - span->tag_end),
            NULL);
    const DwOriginalValue *old = original_value_find(document, node, "");
    if (old && span->first_child == DW_NODE_NONE && !span->self_closed &&
        means(old->raw, value, false)) {
        g_autofree char *raw = g_strdup(old->raw);
        document_splice(document, span->tag_end, span->content_end - span->tag_end, raw,
                        strlen(raw));
        return;
    }
    text_encode(text, value, 0);
    if (!*value && was_empty(document, node) && span->first_child == DW_NODE_NONE) {
        document_splice(document, span->tag_end, span->content_end - span->tag_end, "", 0);
        restore_tail(document, node);
        return;
    }
    remember(document, node);
    if (span->self_closed) {
        g_autofree char *name = node_name(document, node);
        g_autofree char *tail = g_strdup_printf(">%s</%s>", text->str, name);
        document_splice(document, span->tag_end - 2, 2, tail, strlen(tail));
        return;
    }
    if (span->first_child != DW_NODE_NONE ||
        !memmem(document->text->str + span->tag_end, span->content_end - span->tag_end, "<", 1)) {
        document_splice(document, span->tag_end, span->content_end - span->tag_end, text->str,
                        text->len);
        return;
    }
    if (!replace_runs(document, span, text->str))
        document_splice(document, span->content_end, 0, text->str, text->len);
}

/* ---- Elements ---- */

/* Behind what else stands on the line: blanks and whole comments, up to its end; else position. */
static uint32_t line_rest(const char *text, uint32_t position)
{
    uint32_t p = position;

    for (;;) {
        while (is_blank(text[p]))
            p++;
        if (text[p] == '\n' || (text[p] == '\r' && text[p + 1] == '\n'))
            return p;
        if (strncmp(text + p, "<!--", 4) != 0)
            return position;
        const char *end = strstr(text + p, "-->");
        if (memchr(text + p, '\n', end - text - p))
            return position;
        p = end - text + 3;
    }
}

static bool same_name(const char *text, const DwSpan *a, const DwSpan *b)
{
    return a->name_length == b->name_length &&
           memcmp(text + a->start + 1, text + b->start + 1, a->name_length) == 0;
}

/* The sibling behind which a child of that name belongs, or NONE for the front. */
static DwNode anchor_for(const DwDocument *document, DwNode parent, const char *name, size_t length)
{
    const DwSpan *span = document_span(document, parent);
    const char *text = document->text->str;

    if (span->first_child == DW_NODE_NONE)
        return DW_NODE_NONE;
    const char *order = order_of(document, parent);
    int rank = order_rank(order, name, length), other = -1;
    const DwSpan *before = NULL;
    DwNode anchor = DW_NODE_NONE;

    for (DwNode child = span->first_child; child != DW_NODE_NONE;
         child = node_next(document, child)) {
        const DwSpan *at = document_span(document, child);
        if (rank >= 0 && !(before && same_name(text, before, at)))
            other = order_rank(order, text + at->start + 1, at->name_length);
        if (rank < 0 || (other >= 0 && other <= rank))
            anchor = child;
        before = at;
    }
    return anchor;
}

/* Into an element without child elements. */
static uint32_t insert_first(DwDocument *document, DwNode parent, const char *xml)
{
    const DwSpan *span = document_span(document, parent);
    g_autofree char *indent = NULL, *unit = NULL, *eol = NULL;
    GString *body = document->scratch;
    bool is_inline;

    place_style(document, parent, &is_inline, &indent, &unit, &eol);
    g_string_assign(body, is_inline ? "" : eol);
    g_string_append(body, is_inline ? "" : indent);
    uint32_t lead = body->len, position = span->content_end;
    g_string_append(body, xml);
    if (node_is_blank(document, parent)) {
        uint32_t from = tail_start(span);
        if (!is_inline)
            g_string_append_len(g_string_append(body, eol), indent, strlen(indent) - strlen(unit));
        g_string_prepend_c(body, '>');
        g_string_append(body, "</");
        g_string_append_len(body, document->text->str + span->start + 1, span->name_length);
        g_string_append_c(body, '>');
        document_splice(document, from, span->end - from, body->str, body->len);
        return from + 1 + lead;
    }
    while (g_ascii_isspace(document->text->str[position - 1]))
        position--;
    if (!memchr(document->text->str + position, '\n', span->content_end - position)) {
        position = span->content_end;
        document_splice(document, position, 0, xml, strlen(xml));
        return position;
    }
    document_splice(document, position, 0, body->str, body->len);
    return position + lead;
}

static DwInsertion insert_xml(DwDocument *document, DwNode parent, DwNode anchor, const char *xml)
{
    const DwSpan *span = document_span(document, parent);

    if (span->first_child == DW_NODE_NONE)
        return (DwInsertion){.start = insert_first(document, parent, xml)};
    const DwSpan *model =
        document_span(document, anchor != DW_NODE_NONE ? anchor : span->first_child);
    uint32_t line, position = anchor != DW_NODE_NONE ? model->end : span->tag_end;
    if (!own_line(document, model->start, &line)) {
        document_splice(document, position, 0, xml, strlen(xml));
        return (DwInsertion){position, strlen(xml), position};
    }
    GString *text = g_string_assign(document->scratch, eol_of(document));
    g_string_append_len(text, document->text->str + line, model->start - line);
    uint32_t lead = text->len;
    g_string_append(text, xml);
    position = line_rest(document->text->str, position);
    document_splice(document, position, 0, text->str, text->len);
    return (DwInsertion){position, text->len, position + lead};
}

/* The element that begins at an offset. */
static DwNode node_at(const DwDocument *document, uint32_t start)
{
    DwNode node = document_root(document);

    while (document_span(document, node)->start != start)
        node++;
    return node;
}

DwNode node_add_child(DwDocument *document, DwNode parent, const char *name)
{
    g_autofree char *xml = g_strconcat("<", name, "/>", NULL);
    bool foreign;

    remember(document, parent);
    bool keeps_table = node_first_child(document, parent) != DW_NODE_NONE &&
                       table_knows_foreign(document, parent, name, &foreign);
    DwNode anchor = anchor_for(document, parent, name, strlen(name));
    DwInsertion inserted = insert_xml(document, parent, anchor, xml);
    DwNode node = keeps_table
                      ? table_insert(document, parent, anchor, strlen(name), foreign, &inserted)
                      : node_at(document, inserted.start);
    original_element_add(document, node, DW_ORIGIN_CREATED);
    return node;
}

void node_insert(DwDocument *document, DwNode parent, const DwDocument *fragment)
{
    const DwSpan *root = document_span(fragment, document_root(fragment));

    remember(document, parent);
    insert_xml(document, parent,
               anchor_for(document, parent, fragment->text->str + 1, root->name_length),
               fragment->text->str);
}

void node_insert_xml(DwDocument *document, DwNode parent, const char *xml)
{
    remember(document, parent);
    DwNode last = node_first_child(document, parent);
    while (last != DW_NODE_NONE && node_next(document, last) != DW_NODE_NONE)
        last = node_next(document, last);
    insert_xml(document, parent, last, xml);
}

void node_replace(DwDocument *document, DwNode node, const char *xml)
{
    const DwSpan *span = document_span(document, node);

    document_splice(document, span->start, span->end - span->start, xml, strlen(xml));
}

void node_remove(DwDocument *document, DwNode node)
{
    const DwSpan *span = document_span(document, node);
    DwNode parent = span->parent;
    const char *text = document->text->str;
    uint32_t from = span->start, to = span->end, line, rest = to;

    while (is_blank(text[rest]))
        rest++;
    rest += text[rest] == '\r' && text[rest + 1] == '\n';
    if (own_line(document, from, &line) && text[rest] == '\n') {
        from = line;
        to = rest + 1;
    }
    document_splice(document, from, to - from, "", 0);
    restore_tail(document, parent);
}
