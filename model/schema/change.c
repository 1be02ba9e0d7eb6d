/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking the schema about a change alone. Children of the domain and of <devices> are independent
 * of their siblings but for their number, so an otherwise empty domain with the parts that differ
 * tells whether the change is valid, at a fraction of the cost of the whole. One schema, one
 * thread.
 */
#include <string.h>

#include "document/document.h"
#include "schema/probe.h"

/* Parts that are always taken along: no domain is valid without them. */
static bool is_skeleton(const char *name)
{
    return g_str_equal(name, "name") || g_str_equal(name, "os") ||
           g_str_has_prefix(name, "bootloader");
}

/* The bytes of an element, where they are. */
static GBytes *part_of(const DwDocument *document, DwNode node)
{
    size_t length;
    const char *bytes = node_bytes(document, node, &length);

    return g_bytes_new_static(bytes, length);
}

static GArray *list_children(const DwDocument *document, DwNode parent)
{
    GArray *nodes = g_array_new(false, false, sizeof(DwNode));
    DwNode child = parent == DW_NODE_NONE ? parent : node_first_child(document, parent);

    for (; child != DW_NODE_NONE; child = node_next(document, child))
        g_array_append_val(nodes, child);
    return nodes;
}

static bool same_part(const DwDocument *before, const GArray *olds, guint i,
                      const DwDocument *after, const GArray *news, guint j)
{
    return node_same_bytes(before, g_array_index(olds, DwNode, i), after,
                           g_array_index(news, DwNode, j));
}

/* How often each part occurs among some of the nodes. */
static GHashTable *count_parts(const DwDocument *document, const GArray *nodes, guint from,
                               guint to)
{
    GHashTable *parts =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);

    for (guint i = from; i < to; i++) {
        GBytes *part = part_of(document, g_array_index(nodes, DwNode, i));
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(parts, part));

        g_hash_table_replace(parts, part, GUINT_TO_POINTER(count + 1));
    }
    return parts;
}

/* Takes one occurrence out; false when there is none left. */
static bool take_part(GHashTable *parts, const DwDocument *document, DwNode node)
{
    g_autoptr(GBytes) part = part_of(document, node);
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(parts, part));

    if (count > 0)
        g_hash_table_insert(parts, g_bytes_ref(part), GUINT_TO_POINTER(count - 1));
    return count > 0;
}

static bool any_left(GHashTable *parts)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, parts);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (value)
            return true;
    return false;
}

typedef struct {
    guint count, changed;
} Namesakes;

/* The children of a node, and which of them are not in the other document. any: something differs,
 * be it that something is gone. */
typedef struct {
    GPtrArray *names;  /* of char *, one for each child */
    GArray *nodes;     /* of DwNode */
    GArray *changed;   /* of gboolean */
    GHashTable *kinds; /* name -> Namesakes */
    bool any;
} Children;

static void children_clear(Children *children)
{
    g_ptr_array_unref(children->names);
    g_array_unref(children->nodes);
    g_array_unref(children->changed);
    g_hash_table_unref(children->kinds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Children, children_clear)

static void add_child(Children *children, const DwDocument *document, DwNode node, gboolean changed)
{
    char *name = node_name(document, node);
    Namesakes *kind = g_hash_table_lookup(children->kinds, name);

    if (!kind) {
        kind = g_new0(Namesakes, 1);
        g_hash_table_insert(children->kinds, g_strdup(name), kind);
    }
    kind->count++;
    kind->changed += changed;
    children->any = children->any || changed;
    g_ptr_array_add(children->names, name);
    g_array_append_val(children->changed, changed);
}

/* Most children are the same in the same order: only those between the first and the last that
 * differ are looked for. */
static void compare_children(const DwDocument *before, DwNode old, const DwDocument *after,
                             DwNode new, Children *ret_children)
{
    g_autoptr(GArray) olds = list_children(before, old);
    GArray *news = list_children(after, new);
    guint fewest = MIN(olds->len, news->len), first = 0, last = 0; /* last: from the end */

    while (first < fewest && same_part(before, olds, first, after, news, first))
        first++;
    while (last < fewest - first &&
           same_part(before, olds, olds->len - 1 - last, after, news, news->len - 1 - last))
        last++;
    g_autoptr(GHashTable) parts = count_parts(before, olds, first, olds->len - last);
    ret_children->names = g_ptr_array_new_with_free_func(g_free);
    ret_children->nodes = news;
    ret_children->changed = g_array_new(false, false, sizeof(gboolean));
    ret_children->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    ret_children->any = false;
    for (guint i = 0; i < news->len; i++) {
        DwNode child = g_array_index(news, DwNode, i);
        bool between = i >= first && i < news->len - last;
        add_child(ret_children, after, child, between && !take_part(parts, after, child));
    }
    ret_children->any = ret_children->any || any_left(parts);
}

/* The number of namesakes matters where one is allowed: of two, both are looked at. */
static bool is_wanted(const Children *children, guint i)
{
    const Namesakes *kind = g_hash_table_lookup(children->kinds, children->names->pdata[i]);

    return g_array_index(children->changed, gboolean, i) || (kind->changed > 0 && kind->count <= 2);
}

static void append_node(GString *text, const DwDocument *document, DwNode node)
{
    size_t length;
    const char *bytes = node_bytes(document, node, &length);

    g_string_append_len(text, bytes, length);
}

static void append_devices(GString *text, const DwDocument *before, const DwDocument *after,
                           DwNode devices)
{
    g_auto(Children) children;
    size_t length;
    const char *tag = node_tag(after, devices, &length);

    compare_children(before, node_child(before, document_root(before), "devices"), after, devices,
                     &children);
    if (children.names->len == 0) {
        append_node(text, after, devices);
        return;
    }
    g_string_append_len(text, tag, length);
    for (guint i = 0; i < children.names->len; i++)
        if (is_wanted(&children, i))
            append_node(text, after, g_array_index(children.nodes, DwNode, i));
    g_string_append(text, "</devices>");
}

/* NULL: the change cannot be told from the whole; "" when there is none. */
static char *reduced(const DwDocument *before, const DwDocument *after)
{
    g_auto(Children) children;
    DwNode root = document_root(after);
    size_t length;
    const char *tag = node_tag(after, root, &length);
    bool same_tag = node_same_tag(before, document_root(before), after, root);

    compare_children(before, document_root(before), after, root, &children);
    const Namesakes *devices = g_hash_table_lookup(children.kinds, "devices");
    DwNode list = node_child(after, root, "devices");
    if (children.names->len == 0 || (devices && devices->count > 1) || node_has_text(after, root) ||
        (list != DW_NODE_NONE && node_has_text(after, list)))
        return NULL;
    if (!children.any && same_tag)
        return g_strdup("");
    GString *text = g_string_new_len(tag, length);
    for (guint i = 0; i < children.names->len; i++) {
        DwNode child = g_array_index(children.nodes, DwNode, i);
        if (!is_wanted(&children, i) && !is_skeleton(children.names->pdata[i]))
            continue;
        if (node_is(after, child, "devices"))
            append_devices(text, before, after, child);
        else
            append_node(text, after, child);
    }
    g_string_append(text, "</domain>");
    return g_string_free(text, false);
}

bool dw_schema_accepts_change(DwSchema *schema, const DwDocument *before, const DwDocument *after)
{
    g_autofree char *text = reduced(before, after);
    return text && (!*text || schema_accepts_text(schema, text));
}
