/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How children are known: a device by its id; what else comes more than once by an attribute that
 * tells one from the other; a list of what has none by its name, as a whole. Devices without an id
 * are found again by what is written of them, and where nothing else is left, by their order.
 */
#include "merge/items.h"

#include <string.h>

#include "keys/devices.h"

static void item_free(void *data)
{
    MergeItem *item = data;

    g_free(item->name);
    g_array_unref(item->nodes);
    g_free(item);
}

void merge_items_clear(MergeItems *items)
{
    g_clear_pointer(&items->by_name, g_hash_table_unref);
    g_clear_pointer(&items->counts, g_hash_table_unref);
    g_clear_pointer(&items->items, g_ptr_array_unref);
}

MergeItem *merge_items_find(const MergeItems *items, const char *name)
{
    return g_hash_table_lookup(items->by_name, name);
}

/* Takes the name. */
static void add_item(MergeItems *items, char *name, MergeNode node)
{
    MergeItem *item = g_new0(MergeItem, 1);

    item->name = name;
    item->nodes = g_array_new(FALSE, FALSE, sizeof(MergeNode));
    g_array_append_val(item->nodes, node);
    g_ptr_array_add(items->items, item);
    g_hash_table_replace(items->by_name, item->name, item);
}

/* Takes the name; a number makes it the only one. */
static void add_unique(MergeItems *items, char *name, MergeNode node)
{
    g_autofree char *first = name;
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(items->counts, first)) + 1;

    add_item(items, n == 1 ? g_strdup(first) : g_strdup_printf("%s\1%u", first, n), node);
    g_hash_table_replace(items->counts, g_steal_pointer(&first), GUINT_TO_POINTER(n));
}

static DwNode first_child(const DwDocument *document, DwNode parent)
{
    return parent == DW_NODE_NONE ? DW_NODE_NONE : node_first_child(document, parent);
}

static MergeNode next_child(const DwDocument *document, MergeNode at)
{
    return (MergeNode){node_next(document, at.node), at.node};
}

/* ---- Devices ---- */

static char *bytes_of(const DwDocument *document, DwNode node)
{
    size_t length;
    const char *bytes = node_bytes(document, node, &length);

    return g_strndup(bytes, length);
}

/* What is left of one kind, and not found by its bytes. */
typedef struct {
    GPtrArray *rest[MERGE_DOCUMENTS]; /* of MergeItem */
} Rest;

static void rest_free(void *data)
{
    Rest *rest = data;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        g_ptr_array_unref(rest->rest[i]);
    g_free(rest);
}

static Rest *rest_of(GHashTable *kinds, const char *kind)
{
    Rest *rest = g_hash_table_lookup(kinds, kind);

    if (rest)
        return rest;
    rest = g_new0(Rest, 1);
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++)
        rest->rest[i] = g_ptr_array_new();
    g_hash_table_insert(kinds, g_strdup(kind), rest);
    return rest;
}

static void rename_item(MergeItems *items, MergeItem *item, char *name)
{
    g_hash_table_steal(items->by_name, item->name);
    g_free(item->name);
    item->name = name;
    g_hash_table_replace(items->by_name, item->name, item);
}

/* Those that are not written alike in both are one and the other in their order, where there are as
 * many of them. */
static void match_rest(MergeItems items[MERGE_DOCUMENTS], const Rest *rest, MergeDocument side)
{
    const GPtrArray *base = rest->rest[MERGE_BASE], *own = rest->rest[side];
    g_autoptr(GPtrArray) left = g_ptr_array_new(), missing = g_ptr_array_new();

    for (guint i = 0; i < own->len; i++)
        if (!merge_items_find(&items[MERGE_BASE], ((MergeItem *)own->pdata[i])->name))
            g_ptr_array_add(left, own->pdata[i]);
    for (guint i = 0; i < base->len; i++)
        if (!merge_items_find(&items[side], ((MergeItem *)base->pdata[i])->name))
            g_ptr_array_add(missing, base->pdata[i]);
    for (guint i = 0; left->len == missing->len && i < left->len; i++)
        rename_item(&items[side], left->pdata[i], g_strdup(((MergeItem *)missing->pdata[i])->name));
}

static void list_devices(const DwDocument *document, DwNode devices, MergeItems *items,
                         GHashTable *kinds, MergeDocument which)
{
    MergeNode at = {first_child(document, devices), DW_NODE_NONE};

    for (; at.node != DW_NODE_NONE; at = next_child(document, at)) {
        DwNode node = at.node;
        g_autofree char *kind = node_name(document, node);
        g_autofree char *id = device_natural_id(document, node);
        char *name = id ? g_strconcat(kind, " ", id, NULL) : bytes_of(document, node);

        add_unique(items, name, at);
        if (!id)
            g_ptr_array_add(rest_of(kinds, kind)->rest[which],
                            items->items->pdata[items->items->len - 1]);
    }
}

/* ---- Others ---- */

static const char *const name_attributes[] = {"name",   "id",    "vcpu", "iothread",
                                              "cellid", "index", NULL};

/* Adds the names of elements that come more than once. */
static void find_repeated(const DwDocument *document, DwNode parent, GHashTable *repeated)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = first_child(document, parent); node != DW_NODE_NONE;
         node = node_next(document, node)) {
        char *name = node_name(document, node);
        if (g_hash_table_contains(seen, name))
            g_hash_table_add(repeated, g_strdup(name));
        g_hash_table_add(seen, name);
    }
}

static char *attribute_name(const DwDocument *document, DwNode node, const char *name)
{
    for (const char *const *attribute = name_attributes; *attribute; attribute++) {
        g_autofree char *value = node_attribute(document, node, *attribute);
        if (value)
            return g_strdup_printf("%s %s=%s", name, *attribute, value);
    }
    return NULL;
}

static void list_children(const DwDocument *document, DwNode parent, GHashTable *repeated,
                          MergeItems *items)
{
    MergeNode at = {first_child(document, parent), DW_NODE_NONE};

    for (; at.node != DW_NODE_NONE; at = next_child(document, at)) {
        DwNode node = at.node;
        g_autofree char *name = node_name(document, node);
        char *own =
            g_hash_table_contains(repeated, name) ? attribute_name(document, node, name) : NULL;
        MergeItem *list = own ? NULL : merge_items_find(items, name);
        if (own)
            add_unique(items, own, at);
        else if (list)
            g_array_append_val(list->nodes, at);
        else
            add_item(items, g_steal_pointer(&name), at);
    }
}

void merge_items_list(const DwDocument *const documents[MERGE_DOCUMENTS],
                      const DwNode nodes[MERGE_DOCUMENTS], bool devices,
                      MergeItems ret_items[MERGE_DOCUMENTS])
{
    g_autoptr(GHashTable) repeated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rest_free);
    GHashTableIter iter;
    gpointer rest;

    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        ret_items[i] = (MergeItems){
            g_ptr_array_new_with_free_func(item_free),
            g_hash_table_new(g_str_hash, g_str_equal),
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        };
        if (!devices)
            find_repeated(documents[i], nodes[i], repeated);
    }
    for (unsigned i = 0; i < MERGE_DOCUMENTS; i++) {
        if (devices)
            list_devices(documents[i], nodes[i], &ret_items[i], kinds, i);
        else
            list_children(documents[i], nodes[i], repeated, &ret_items[i]);
    }
    g_hash_table_iter_init(&iter, kinds);
    while (g_hash_table_iter_next(&iter, NULL, &rest)) {
        match_rest(ret_items, rest, MERGE_OURS);
        match_rest(ret_items, rest, MERGE_THEIRS);
    }
}
