/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The canonical printer: one spelling of an element. Used by compare/ to tell whether anything
 * without a row differs, and by effects/ to tell parts of documents apart. Any thread.
 */
#include "document/canonical.h"

#include <string.h>

/* No document can hold the characters that end strings here. */
enum { END_STRING = '\1', ATTRIBUTE = '\2', ELEMENT = '\3', END_ELEMENT = '\4', TEXT = '\5' };

static int compare_attributes(const void *a, const void *b)
{
    const DwNodeAttribute *in_a = a, *in_b = b;
    int order = memcmp(in_a->name, in_b->name, MIN(in_a->name_length, in_b->name_length));

    return order
               ? order
               : (in_a->name_length > in_b->name_length) - (in_a->name_length < in_b->name_length);
}

static bool is_declaration(const DwNodeAttribute *attribute)
{
    return attribute->name_length >= 5 && memcmp(attribute->name, "xmlns", 5) == 0 &&
           (attribute->name_length == 5 || attribute->name[5] == ':');
}

static bool leaves_out(const DwCanonicalFilter *filter, DwNode node, const char *name,
                       size_t length)
{
    return filter && filter->leaves_out(node, name, length, filter->data);
}

static void print_attribute(GString *out, const DwDocument *document, DwNode node,
                            const DwNodeAttribute *attribute)
{
    const char *colon = memchr(attribute->name, ':', attribute->name_length);
    g_autofree char *value = attribute_value(attribute);

    g_string_append_c(out, ATTRIBUTE);
    if (colon) {
        size_t prefix = (size_t)(colon - attribute->name);
        g_autofree char *uri = node_prefix_uri(document, node, attribute->name, prefix);

        g_string_append(out, uri ? uri : "");
        g_string_append_len(out, colon, (gssize)(attribute->name_length - prefix));
    } else {
        g_string_append_len(out, attribute->name, (gssize)attribute->name_length);
    }
    g_string_append_c(out, END_STRING);
    g_string_append(out, value);
    g_string_append_c(out, END_STRING);
}

/* False when there are none at all. */
static bool print_attributes(GString *out, const DwDocument *document, DwNode node,
                             const DwCanonicalFilter *filter)
{
    g_autoptr(GArray) all = NULL;
    DwNodeAttribute attribute = {0};

    while (node_next_attribute(document, node, &attribute)) {
        if (is_declaration(&attribute))
            continue;
        if (!all)
            all = g_array_sized_new(FALSE, FALSE, sizeof attribute, 8);
        g_array_append_val(all, attribute);
    }
    if (all && all->len > 1)
        g_array_sort(all, compare_attributes);
    for (guint i = 0; all && i < all->len; i++) {
        const DwNodeAttribute *one = &g_array_index(all, DwNodeAttribute, i);

        if (!leaves_out(filter, node, one->name, one->name_length))
            print_attribute(out, document, node, one);
    }
    return all != NULL;
}

/* Text counts as it is where it stands alone, and without white space around between elements. */
static void print_text(GString *out, const DwDocument *document, DwNode node, bool alone,
                       const DwCanonicalFilter *filter)
{
    if (leaves_out(filter, node, "", 0) ||
        !(node_has_text(document, node) || (alone && !node_is_blank(document, node))))
        return;
    g_autofree char *text = node_text(document, node);
    g_string_append_c(out, TEXT);
    g_string_append(out, alone ? text : g_strstrip(text));
    g_string_append_c(out, END_STRING);
}

static void print_name(GString *out, const DwDocument *document, DwNode node)
{
    size_t length;
    const char *name = node_raw_name(document, node, &length);
    const char *colon = memchr(name, ':', length);

    g_string_append_c(out, ELEMENT);
    if (node_is_foreign(document, node)) {
        g_autofree char *uri = node_namespace(document, node);

        g_string_append(out, uri ? uri : "");
        g_string_append_c(out, ' ');
    }
    if (colon) {
        length -= (size_t)(colon + 1 - name);
        name = colon + 1;
    }
    g_string_append_len(out, name, (gssize)length);
    g_string_append_c(out, END_STRING);
}

void canonical_tag(GString *out, const DwDocument *document, DwNode node)
{
    print_name(out, document, node);
    print_attributes(out, document, node, NULL);
    print_text(out, document, node, node_first_child(document, node) == DW_NODE_NONE, NULL);
}

void canonical_element(GString *out, const DwDocument *document, DwNode node)
{
    canonical_filtered(out, document, node, NULL);
}

/* An element without anything in it is something by being there. */
void canonical_filtered(GString *out, const DwDocument *document, DwNode node,
                        const DwCanonicalFilter *filter)
{
    DwNode child = node_first_child(document, node);
    bool leaf = child == DW_NODE_NONE, empty;
    size_t start = out->len, content;

    print_name(out, document, node);
    content = out->len;
    empty = !print_attributes(out, document, node, filter) && leaf;
    print_text(out, document, node, leaf, filter);
    for (; child != DW_NODE_NONE; child = node_next(document, child))
        canonical_filtered(out, document, child, filter);
    if (filter && out->len == content && (!empty || leaves_out(filter, node, "", 0)))
        g_string_truncate(out, start);
    else
        g_string_append_c(out, END_ELEMENT);
}
