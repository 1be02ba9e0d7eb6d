/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares two documents byte by byte: most of a document is what it was after an edit. */
#include "rules/changed.h"

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
