/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares two documents byte by byte: most of a document is what it was after an edit. */
#include "rules/changed.h"

#include <string.h>

#include "keys/devices.h"
#include "rules/facts.h"

/* Outside of the devices. */
static bool is_same_domain(const DwDocument *document, const DwDocument *before)
{
    DwNode nodes[] = {devices_node(document), devices_node(before)};
    size_t lengths[2], inside[2];
    const char *texts[] = {dw_document_text(document, &lengths[0]),
                           dw_document_text(before, &lengths[1])};

    if (nodes[0] == DW_NODE_NONE || nodes[1] == DW_NODE_NONE ||
        !node_same_tag(document, nodes[0], before, nodes[1]))
        return false;
    const char *devices[] = {node_bytes(document, nodes[0], &inside[0]),
                             node_bytes(before, nodes[1], &inside[1])};
    size_t head = (size_t)(devices[0] - texts[0]), tail = lengths[0] - head - inside[0];
    return head == (size_t)(devices[1] - texts[1]) && tail == lengths[1] - head - inside[1] &&
           memcmp(texts[0], texts[1], head) == 0 &&
           memcmp(devices[0] + inside[0], devices[1] + inside[1], tail) == 0;
}

/* Are both devices of one kind, which no rule on another device asks about? */
static bool is_same_device(const DwDocument *document, DwNode node, const DwDocument *before,
                           DwNode other)
{
    g_autofree char *name = node_name(document, node);

    return device_is(document, node, "") && device_is(before, other, name) && !facts_are_of(name);
}

GArray *changed_devices(const DwDocument *document, const DwDocument *before)
{
    g_autoptr(GArray) changed = g_array_new(false, false, sizeof(DwNode));
    DwNode node, other;

    if (!is_same_domain(document, before))
        return NULL;
    node = node_first_child(document, devices_node(document));
    other = node_first_child(before, devices_node(before));
    for (; node != DW_NODE_NONE && other != DW_NODE_NONE;
         node = node_next(document, node), other = node_next(before, other)) {
        if (node_same_bytes(document, node, before, other))
            continue;
        if (!is_same_device(document, node, before, other))
            return NULL;
        g_array_append_val(changed, node);
    }
    return node == other ? g_steal_pointer(&changed) : NULL;
}
