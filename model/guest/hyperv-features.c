/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Hyper-V features a guest can have, what each needs, and whether one is on. Used by the rules
 * and by the edits that turn features on and off. Any thread.
 */
#include "guest/hyperv-features.h"

/* In the order libvirt writes them. */
const DwHypervFeature hyperv_features[] = {
    {"relaxed", .recommended = true},
    {"vapic", .recommended = true},
    {"spinlocks", .detail = "hyperv.spinlocks.retries", .recommended = true},
    {"vpindex", .recommended = true},
    {"runtime", .recommended = true},
    {"synic", {"vpindex"}, .recommended = true},
    {"stimer", {"vpindex", "synic", "hypervclock"}, .recommended = true},
    {"stimer.direct", {"stimer"}, .recommended = true},
    {"reset"},
    {"vendor_id", .detail = "hyperv.vendor_id.value"},
    {"frequencies", .recommended = true},
    {"reenlightenment"},
    {"tlbflush", {"vpindex"}, .recommended = true},
    {"tlbflush.direct", {"tlbflush", "vapic"}},
    {"tlbflush.extended", {"tlbflush"}},
    {"ipi", {"vpindex"}, .recommended = true},
    {"evmcs", {"vapic"}, .recommended = true},
    {"avic", .recommended = true},
    {"emsr_bitmap"},
    {"xmm_input"},
    {NULL},
};

static bool timer_is_on(const DwDocument *document)
{
    return lens_is(document, document_root(document), "clock/timer[@name='hypervclock']/@present",
                   "yes");
}

bool hyperv_is_on(const DwDocument *document, const char *feature)
{
    DwNode node = lens_find(document, document_root(document), "features/hyperv", NULL);
    g_auto(GStrv) names = NULL;

    if (g_str_equal(feature, "hypervclock"))
        return timer_is_on(document);
    if (node == DW_NODE_NONE)
        return false;
    /* "stimer.direct" is a child of stimer. */
    names = g_strsplit(feature, ".", 2);
    for (char **name = names; *name && node != DW_NODE_NONE; name++)
        node = node_child(document, node, *name);
    return node != DW_NODE_NONE && node_attribute_is(document, node, "state", "on");
}
