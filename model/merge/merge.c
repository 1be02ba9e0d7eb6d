/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The merge of two documents that come from one: what only one side changed is taken from that side
 * to the byte, element by element from the root down, and what both changed is looked into. The
 * result is written in the frame of one side, theirs unless only ours has another order. Used by
 * the daemon to rebase drafts; knows of the table only to name devices and conflicts. Any thread.
 */
#include <string.h>

#include "keys/devices.h"
#include "merge/conflict.h"

/* One element while it is being merged: where it is in each document. */
typedef struct {
    DwNode nodes[MERGE_DOCUMENTS];
    MergeDocument frame, other; /* the side whose frame is kept, and the other one */
    bool devices;               /* its children are devices */
    MergeItems items[MERGE_DOCUMENTS];
} Element;

static void merge_element(Merge *merge, GString *out, const DwNode nodes[MERGE_DOCUMENTS]);

/* ---- Pieces of text ---- */

typedef struct {
    const char *text;
    size_t length;
} Piece;

static Piece piece_between(const char *from, const char *to)
{
    return (Piece){from, (size_t)(to - from)};
}

static const char *piece_end(Piece piece)
{
    return piece.text + piece.length;
}

static void append(GString *out, Piece piece)
{
    g_string_append_len(out, piece.text, (gssize)piece.length);
}

static Piece bytes(const DwDocument *document, DwNode node)
{
    Piece piece = {"", 0};

    if (node != DW_NODE_NONE)
        piece.text = node_bytes(document, node, &piece.length);
    return piece;
}

static Piece tag(const DwDocument *document, DwNode node)
{
    Piece piece;

    piece.text = node_tag(document, node, &piece.length);
    return piece;
}

static bool is_self_closed(const DwDocument *document, DwNode node)
{
    Piece start = tag(document, node);
    return start.text[start.length - 2] == '/';
}

/* What is between the tags. */
static Piece content(const DwDocument *document, DwNode node)
{
    Piece start = tag(document, node), whole = bytes(document, node);
    const char *end = piece_end(whole);

    if (is_self_closed(document, node))
        return piece_between(end, end);
    while (*--end != '<')
        ;
    return piece_between(piece_end(start), end);
}

/* The text before a child, from what is before it on. */
static Piece gap_before(const DwDocument *document, MergeNode at)
{
    Piece from = at.before == DW_NODE_NONE ? tag(document, node_parent(document, at.node))
                                           : bytes(document, at.before);
    return piece_between(piece_end(from), bytes(document, at.node).text);
}

/* Only the blanks at its end. */
static Piece blanks_of(Piece gap)
{
    const char *end = piece_end(gap), *from = end;

    while (from > gap.text && strchr(" \t\r\n", from[-1]))
        from--;
    return piece_between(from, end);
}

/* Takes back the indent of what is not written after all. */
static void trim(GString *out, gsize from)
{
    gsize end = out->len;

    while (end > from && strchr(" \t", out->str[end - 1]))
        end--;
    if (end > from && out->str[end - 1] == '\n')
        end--;
    if (end > from && out->str[end - 1] == '\r')
        end--;
    g_string_truncate(out, end);
}

/* ---- Which side ---- */

/* All nodes of an item as they are written, with what is between them; no item: empty. */
static char *item_text(const DwDocument *document, const MergeItem *item)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; item && i < item->nodes->len; i++) {
        MergeNode at = g_array_index(item->nodes, MergeNode, i);
        if (i > 0)
            append(text, gap_before(document, at));
        append(text, bytes(document, at.node));
    }
    return g_string_free(text, FALSE);
}

static MergeNode first_of(const MergeItem *item)
{
    return item ? g_array_index(item->nodes, MergeNode, 0)
                : (MergeNode){DW_NODE_NONE, DW_NODE_NONE};
}

/* True: at most one side changed it, or both alike; *ret_side has what counts. */
static bool is_settled(char *const texts[MERGE_DOCUMENTS], MergeDocument *ret_side)
{
    bool kept = g_strcmp0(texts[MERGE_OURS], texts[MERGE_BASE]) == 0;

    *ret_side = kept ? MERGE_THEIRS : MERGE_OURS;
    return kept || g_strcmp0(texts[MERGE_THEIRS], texts[MERGE_BASE]) == 0 ||
           g_strcmp0(texts[MERGE_OURS], texts[MERGE_THEIRS]) == 0;
}

/* Only what is one element on both sides can be looked into. What is in a namespace is its owner's,
 * who alone knows what belongs together. */
static bool is_divisible(const Merge *merge, MergeItem *const items[MERGE_DOCUMENTS],
                         bool is_device)
{
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        const MergeItem *item = items[i];
        if (!item && i == MERGE_BASE && !is_device)
            continue;
        if (!item || item->nodes->len != 1 ||
            node_is_foreign(merge->documents[i], first_of(item).node))
            return false;
    }
    return true;
}

/* Conflicts inside a device are about it. */
static void enter_device(Merge *merge, const DwNode nodes[MERGE_DOCUMENTS], Merge *ret_outside)
{
    MergeDocument in = nodes[MERGE_THEIRS] != DW_NODE_NONE ? MERGE_THEIRS : MERGE_OURS;
    g_autofree char *kind = node_name(merge->documents[in], nodes[in]);

    *ret_outside = *merge;
    merge->kind = g_intern_string(kind);
    merge->id = device_id(merge->documents[in], nodes[in]);
    memcpy(merge->things, nodes, sizeof merge->things);
}

static void leave_device(Merge *merge, const Merge *outside)
{
    g_free(merge->id);
    *merge = *outside;
}

/* ---- Children ---- */

static void merge_item(Merge *merge, GString *out, MergeItem *const items[MERGE_DOCUMENTS],
                       bool is_device)
{
    char *texts[MERGE_DOCUMENTS];
    DwNode nodes[MERGE_DOCUMENTS];
    MergeDocument side;
    Merge outside;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        texts[i] = item_text(merge->documents[i], items[i]);
        nodes[i] = first_of(items[i]).node;
    }
    bool settled = is_settled(texts, &side);
    if (settled)
        g_string_append(out, texts[side]);
    if (!settled && is_device)
        enter_device(merge, nodes, &outside);
    if (!settled && is_divisible(merge, items, is_device))
        merge_element(merge, out, nodes);
    else if (!settled)
        g_string_append(out, texts[conflict_element(merge, nodes)]);
    if (!settled && is_device)
        leave_device(merge, &outside);
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        g_free(texts[i]);
}

/* The names in the order of the result: the frame's, with what only the other side has behind what
 * is before it there. */
static GPtrArray *plan_order(const Element *element)
{
    const GPtrArray *frame = element->items[element->frame].items;
    const GPtrArray *other = element->items[element->other].items;
    g_autoptr(GHashTable) behind =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    GPtrArray *names = g_ptr_array_new();
    const char *anchor = "";

    for (guint i = 0; i < other->len; i++) {
        char *name = ((MergeItem *)other->pdata[i])->name;
        if (merge_items_find(&element->items[element->frame], name)) {
            anchor = name;
            continue;
        }
        GPtrArray *added = g_hash_table_lookup(behind, anchor);
        if (!added) {
            added = g_ptr_array_new();
            g_hash_table_insert(behind, (char *)anchor, added);
        }
        g_ptr_array_add(added, name);
    }
    for (guint i = 0; i <= frame->len; i++) {
        const MergeItem *item = i > 0 ? frame->pdata[i - 1] : NULL;
        const GPtrArray *added = g_hash_table_lookup(behind, item ? item->name : "");
        if (item)
            g_ptr_array_add(names, item->name);
        for (guint n = 0; added && n < added->len; n++)
            g_ptr_array_add(names, added->pdata[n]);
    }
    return names;
}

static void merge_children(Merge *merge, GString *out, const Element *element)
{
    g_autoptr(GPtrArray) names = plan_order(element);
    const DwDocument *frame = merge->documents[element->frame];
    const DwDocument *other = merge->documents[element->other];
    DwNode parent = element->nodes[element->frame];
    gsize begin = out->len;

    for (guint i = 0; i < names->len; i++) {
        MergeItem *items[MERGE_DOCUMENTS];
        gsize from = out->len;
        for (unsigned n = 0; n < MERGE_DOCUMENTS; n++)
            items[n] = merge_items_find(&element->items[n], names->pdata[i]);
        append(out, items[element->frame]
                        ? gap_before(frame, first_of(items[element->frame]))
                        : blanks_of(gap_before(other, first_of(items[element->other]))));
        gsize written = out->len;
        merge_item(merge, out, items, element->devices);
        if (out->len == written)
            trim(out, from);
    }
    Piece inside = content(frame, parent);
    DwNode last = DW_NODE_NONE;
    for (DwNode child = node_first_child(frame, parent); child != DW_NODE_NONE;
         child = node_next(frame, child))
        last = child;
    if (last != DW_NODE_NONE)
        append(out, piece_between(piece_end(bytes(frame, last)), piece_end(inside)));
    else if (out->len > begin && inside.length == 0)
        append(out, blanks_of(content(other, element->nodes[element->other])));
    else
        append(out, inside);
}

/* Which of the names that two documents have in common come in another order? */
static bool same_order(const MergeItems *a, const MergeItems *b)
{
    guint at = 0;

    for (guint i = 0; i < a->items->len; i++) {
        const char *name = ((MergeItem *)a->items->pdata[i])->name;
        if (!merge_items_find(b, name))
            continue;
        while (!merge_items_find(a, ((MergeItem *)b->items->pdata[at])->name))
            at++;
        if (strcmp(((MergeItem *)b->items->pdata[at++])->name, name) != 0)
            return false;
    }
    return true;
}

static void choose_frame(Merge *merge, Element *element)
{
    const MergeItems *items = element->items;

    element->frame = MERGE_THEIRS;
    if (!same_order(&items[MERGE_BASE], &items[MERGE_OURS]) &&
        !same_order(&items[MERGE_OURS], &items[MERGE_THEIRS]))
        element->frame = same_order(&items[MERGE_BASE], &items[MERGE_THEIRS])
                             ? MERGE_OURS
                             : conflict_order(merge, element->nodes[MERGE_THEIRS]);
    element->other = element->frame == MERGE_THEIRS ? MERGE_OURS : MERGE_THEIRS;
}

/* ---- One element ---- */

static bool has_attribute(const DwDocument *document, DwNode node, const char *name,
                          DwNodeAttribute *ret_attribute)
{
    *ret_attribute = (DwNodeAttribute){0};
    while (node != DW_NODE_NONE && node_next_attribute(document, node, ret_attribute))
        if (strlen(name) == ret_attribute->name_length &&
            memcmp(name, ret_attribute->name, ret_attribute->name_length) == 0)
            return true;
    return false;
}

static MergeDocument choose_attribute(Merge *merge, const Element *element, const char *name)
{
    char *values[MERGE_DOCUMENTS] = {NULL};
    MergeDocument side;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        DwNodeAttribute attribute;
        if (has_attribute(merge->documents[i], element->nodes[i], name, &attribute))
            values[i] = attribute_value(&attribute);
    }
    if (!is_settled(values, &side))
        side = conflict_value(merge, element->nodes, name, values);
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        g_free(values[i]);
    return side;
}

/* With the quotes, as it stands in that document. */
static void append_attribute(GString *out, const DwNodeAttribute *attribute)
{
    const char *end = attribute->raw + attribute->raw_length + 1;

    append(out, piece_between(attribute->name, end));
}

/* The frame's start tag with the attributes of both; how it ends is left out. */
static void merge_tag(Merge *merge, GString *out, const Element *element)
{
    const DwDocument *frame = merge->documents[element->frame];
    const DwDocument *other = merge->documents[element->other];
    DwNode node = element->nodes[element->frame], other_node = element->nodes[element->other];
    Piece whole = tag(frame, node);
    DwNodeAttribute attribute = {0}, found;
    const char *from = whole.text;

    while (node_next_attribute(frame, node, &attribute)) {
        g_autofree char *name = g_strndup(attribute.name, attribute.name_length);
        bool take = choose_attribute(merge, element, name) != element->frame;
        const char *end = attribute.raw + attribute.raw_length + 1;
        if (take && has_attribute(other, other_node, name, &found)) {
            append(out, piece_between(from, attribute.name));
            append_attribute(out, &found);
        } else if (!take) {
            append(out, piece_between(from, end));
        } else if (from == whole.text) {
            append(out, piece_between(from, from + 1 + strcspn(from + 1, " \t\r\n/>")));
        }
        from = end;
    }
    if (from == whole.text)
        append(out, piece_between(from, from + 1 + strcspn(from + 1, " \t\r\n/>")));
    attribute = (DwNodeAttribute){0};
    while (node_next_attribute(other, other_node, &attribute)) {
        g_autofree char *name = g_strndup(attribute.name, attribute.name_length);
        if (has_attribute(frame, node, name, &found) ||
            choose_attribute(merge, element, name) != element->other)
            continue;
        g_string_append_c(out, ' ');
        append_attribute(out, &attribute);
    }
}

/* What is written in it, where that is no element. */
static void merge_text(Merge *merge, GString *out, const Element *element)
{
    char *values[MERGE_DOCUMENTS] = {NULL};
    MergeDocument side;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        if (element->nodes[i] != DW_NODE_NONE)
            values[i] = node_text(merge->documents[i], element->nodes[i]);
    if (!is_settled(values, &side))
        side = conflict_value(merge, element->nodes, "", values);
    if (element->nodes[side] != DW_NODE_NONE)
        append(out, content(merge->documents[side], element->nodes[side]));
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        g_free(values[i]);
}

/* Text and elements beside each other belong together. */
static void merge_mixed(Merge *merge, GString *out, const Element *element)
{
    char *texts[MERGE_DOCUMENTS] = {NULL};
    MergeDocument side;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        if (element->nodes[i] != DW_NODE_NONE) {
            Piece inside = content(merge->documents[i], element->nodes[i]);
            texts[i] = g_strndup(inside.text, inside.length);
        }
    if (!is_settled(texts, &side))
        side = conflict_element(merge, element->nodes);
    g_string_append(out, texts[side] ? texts[side] : "");
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        g_free(texts[i]);
}

static void merge_content(Merge *merge, GString *out, const Element *element)
{
    bool text = false, children = false;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        const DwDocument *document = merge->documents[i];
        DwNode node = element->nodes[i];
        if (node == DW_NODE_NONE)
            continue;
        text |= node_has_text(document, node);
        children |= node_first_child(document, node) != DW_NODE_NONE;
    }
    if (text && children)
        merge_mixed(merge, out, element);
    else if (children)
        merge_children(merge, out, element);
    else
        merge_text(merge, out, element);
}

/* What is the same in base and one side is written as the other has it. */
static void merge_element(Merge *merge, GString *out, const DwNode nodes[MERGE_DOCUMENTS])
{
    const DwDocument *theirs = merge->documents[MERGE_THEIRS];
    DwNode node = nodes[MERGE_THEIRS];
    Element element = {
        .nodes = {nodes[0], nodes[1], nodes[2]},
        .devices =
            node_parent(theirs, node) == document_root(theirs) && node_is(theirs, node, "devices"),
    };
    g_autoptr(GString) inside = g_string_new(NULL);

    merge_items_list(merge->documents, nodes, element.devices, element.items);
    choose_frame(merge, &element);
    merge_tag(merge, out, &element);
    merge_content(merge, inside, &element);
    const DwDocument *frame = merge->documents[element.frame];
    DwNode frame_node = element.nodes[element.frame];
    if (inside->len == 0 && is_self_closed(frame, frame_node)) {
        g_string_append(out, "/>");
    } else {
        g_autofree char *name = node_name(frame, frame_node);
        g_string_append_printf(out, ">%s</%s>", inside->str, name);
    }
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        merge_items_clear(&element.items[i]);
}

DwDocument *dw_merge(const DwDocument *base, const DwDocument *ours, const DwDocument *theirs,
                     DwPrefer prefer, GPtrArray *conflicts, GError **error)
{
    const DwNode roots[] = {document_root(base), document_root(ours), document_root(theirs)};
    Merge merge = {
        .documents = {base, ours, theirs},
        .prefer = prefer,
        .conflicts = conflicts,
        .kind = "",
        .things = {roots[MERGE_BASE], roots[MERGE_OURS], roots[MERGE_THEIRS]},
    };
    g_autoptr(GString) out = g_string_new(NULL);
    size_t length;
    const char *text = dw_document_text(theirs, &length);
    Piece root = bytes(theirs, roots[MERGE_THEIRS]);
    MergeDocument side;
    char *const texts[] = {
        (char *)dw_document_text(base, NULL),
        (char *)dw_document_text(ours, NULL),
        (char *)text,
    };

    if (is_settled(texts, &side))
        return dw_document_copy(merge.documents[side]);
    append(out, piece_between(text, root.text));
    merge_element(&merge, out, roots);
    append(out, piece_between(piece_end(root), text + length));
    return dw_document_parse(out->str, out->len, error);
}
