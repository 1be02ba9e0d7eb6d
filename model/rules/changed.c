/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares two documents byte by byte: most of a document is what it was after an edit. */
#include "rules/changed.h"

#include "common/words.h"
#include "keys/devices.h"
#include "rules/facts.h"

/* Are both devices of one kind, which no rule on another device asks about? */
static bool is_same_device(const DwDocument *document, DwNode node, const DwDocument *before,
                           DwNode other)
{
    g_autofree char *name = node_name(document, node);

    return node_is(before, other, name) && !facts_are_of(name);
}

GArray *changed_devices(const DwDocument *document, const DwDocument *before)
{
    g_autoptr(GArray) changed = g_array_new(false, false, sizeof(DwNode));
    DwNode node, other;

    if (!same_but_devices(document, before))
        return NULL;
    node = device_next(document, "", DW_NODE_NONE);
    other = device_next(before, "", DW_NODE_NONE);
    for (; node != DW_NODE_NONE && other != DW_NODE_NONE;
         node = device_next(document, "", node), other = device_next(before, "", other)) {
        if (node_same_bytes(document, node, before, other))
            continue;
        if (!is_same_device(document, node, before, other))
            return NULL;
        g_array_append_val(changed, node);
    }
    return node == other ? g_steal_pointer(&changed) : NULL;
}

/* Is it an element that only rules about its own device read? */
static bool is_own(const DwDocument *document, DwNode node)
{
    if (node == DW_NODE_NONE)
        return false;
    g_autofree char *name = node_name(document, node);

    return words_have("link bandwidth", name);
}

/* Are they the same but for elements of their own? */
static bool differ_in_own(const DwDocument *document, DwNode device, const DwDocument *before,
                          DwNode other)
{
    DwNode child = node_first_child(document, device), was = node_first_child(before, other);

    while (child != DW_NODE_NONE || was != DW_NODE_NONE) {
        if (child != DW_NODE_NONE && was != DW_NODE_NONE &&
            node_same_bytes(document, child, before, was)) {
            child = node_next(document, child);
            was = node_next(before, was);
        } else if (is_own(document, child)) {
            child = node_next(document, child);
        } else if (is_own(before, was)) {
            was = node_next(before, was);
        } else {
            return false;
        }
    }
    return node_same_tag(document, device, before, other);
}

bool changed_own_only(const GArray *changed, const DwDocument *document, const DwDocument *before)
{
    DwNode node = device_next(document, "", DW_NODE_NONE);
    DwNode other = device_next(before, "", DW_NODE_NONE);
    guint next = 0;

    for (; node != DW_NODE_NONE && next < changed->len;
         node = device_next(document, "", node), other = device_next(before, "", other)) {
        if (node != g_array_index(changed, DwNode, next))
            continue;
        if (!differ_in_own(document, node, before, other))
            return false;
        next++;
    }
    return true;
}
