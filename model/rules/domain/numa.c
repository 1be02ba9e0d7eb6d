/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on NUMA cells and huge pages, and on what refers to them. What cells say of each other is
 * in cells.c. Run once for each document.
 */
#include <string.h>

#include "guest/memory.h"
#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/tables.h"
#include "table/value-form.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define INFO    DW_SEVERITY_INFO

/* A number as libvirt reads it, however it is spelt. */
static bool reads_below(const char *text, uint64_t limit)
{
    char *end;

    if (!text)
        return false;
    text += strspn(text, " \t\r\n+");
    return g_ascii_isdigit(*text) && g_ascii_strtoull(text, &end, 10) < limit && *end == 0;
}

/* libvirt 9.0 writes beyond the end of its own memory when it refuses a distance, and that of a
 * cell that is not there. It looks at names without their namespaces and at each of several lists;
 * the schema, which refuses such, is not every host's. */
static void rule_siblings(DwRuleContext *context, DwNode list, uint64_t n)
{
    const DwDocument *document = context->document;
    DwNode sibling = node_first_child(document, list);

    for (; sibling != DW_NODE_NONE; sibling = node_next(document, sibling)) {
        if (!node_has_local_name(document, sibling, "sibling"))
            continue;
        g_autofree char *id = node_attribute(document, sibling, "id");
        g_autofree char *value = node_attribute(document, sibling, "value");

        if (!reads_below(id, n))
            rule_report(context, "numa-sibling", ERROR, "cpu.numa.cell", id, NULL,
                        "cpu.numa.cell has a distance to cell %s, which is not there.",
                        id ? id : "(none)");
        else if (!reads_below(value, UINT64_MAX))
            rule_report(context, "numa-sibling", ERROR, "cpu.numa.cell", value, NULL,
                        "cpu.numa.cell has a distance to cell %s that is no number.", id);
    }
}

static void rule_cells(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode cell = lens_find(document, context->node, "cpu/numa/cell", NULL);
    uint64_t n = rule_cell_count(context);

    for (; cell != DW_NODE_NONE; cell = node_next_same(document, cell)) {
        g_autofree char *text = node_attribute(document, cell, "id");
        uint64_t id;

        if (text && lens_number(document, cell, "@id", &id) && id >= n)
            rule_report(
                context, "numa-cell-ids", ERROR, "cpu.numa.cell", text, NULL,
                "cpu.numa.cell %s is one of %u cells, which must be numbered from 0 without "
                "gaps.",
                text, (unsigned)n);
        DwNode list = node_first_child(document, cell);
        for (; list != DW_NODE_NONE; list = node_next(document, list))
            if (node_has_local_name(document, list, "distances"))
                rule_siblings(context, list, n);
    }
}

static bool is_positive(const DwRuleContext *context, const char *path)
{
    uint64_t number;

    return lens_number(context->document, context->node, path, &number) && number > 0;
}

/* With cells the memory is the sum of theirs and of the devices': what <memory> says is ignored. */
static void rule_sum(DwRuleContext *context)
{
    uint64_t cells, devices, sum, memory;

    if (!guest_cell_memory(context->document, &cells, &devices) ||
        !rule_size(context, "memory", &memory) || memory == 0 ||
        __builtin_add_overflow(cells, devices, &sum) ||
        (sum + 1023) / 1024 == (memory + 1023) / 1024)
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, memory);
    rule_report(context, "memory-numa-sum", WARNING, "memory", value, NULL,
                "memory is %s bytes, but the NUMA cells%s have %" G_GUINT64_FORMAT
                " together, and that is what libvirt takes; change cpu.numa.cell.N.memory.",
                value, devices ? " and memory devices" : "", sum);
}

static void report_nodes(DwRuleContext *context, const char *key, const char *nodeset)
{
    rule_report(context, "numa-nodeset", ERROR, key, nodeset, NULL,
                "%s has nodes %s, which are none that a host can have; name others.", key, nodeset);
}

static void rule_memnodes(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode node = lens_find(document, context->node, "numatune/memnode", NULL);
    bool restrictive = rule_is(context, context->node, "numatune/memory/@mode", "restrictive");
    uint64_t n = rule_cell_count(context);

    if (node != DW_NODE_NONE && n == 0) {
        rule_report(
            context, "numa-memnode-cells", ERROR, "numatune.memnode", NULL, NULL,
            "numatune.memnode is set, but the guest has no NUMA cells; add some or unset it.");
        return;
    }
    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *text = node_attribute(document, node, "cellid");
        g_autofree char *mode = node_attribute(document, node, "mode");
        g_autofree char *nodeset = node_attribute(document, node, "nodeset");
        uint64_t id;

        if (nodeset && rule_is_no_list(nodeset))
            report_nodes(context, "numatune.memnode", nodeset);

        if (text && lens_number(document, node, "@cellid", &id) && id >= n)
            rule_report(context, "numa-memnode", ERROR, "numatune.memnode", text, NULL,
                        "numatune.memnode is for cell %s, which is not there.", text);
        if (mode && restrictive != g_str_equal(mode, "restrictive"))
            rule_report(
                context, "numa-memnode-mode", restrictive ? ERROR : rule_since(context, 9004000),
                "numatune.memnode", mode, NULL,
                "numatune.memnode has mode %s; either all are restrictive, numatune.memory.mode "
                "too, or none.",
                mode);
    }
}

static void rule_numatune(DwRuleContext *context)
{
    g_autofree char *nodeset = rule_text(context, context->node, "numatune/memory/@nodeset");

    if (nodeset && rule_is_no_list(nodeset))
        report_nodes(context, "numatune.memory.nodeset", nodeset);
    if (!nodeset && rule_there(context, context->node, "numatune/memory") &&
        !rule_is(context, context->node, "numatune/memory/@placement", "auto") &&
        (!rule_is(context, context->node, "vcpu/@placement", "auto") ||
         rule_is(context, context->node, "numatune/memory/@placement", "static")))
        rule_report(context, "numa-nodeset", ERROR, "numatune.memory.nodeset", NULL, NULL,
                    "numatune.memory.nodeset is missing; only placement auto goes without.");
}

/* Room for memory devices is room in cells; POWER gets one by itself, and since libvirt 9.6 so do
 * all. */
static void rule_maximum(DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;
    g_autofree char *arch = rule_text(context, context->node, "os/type/@arch");

    if (context->guest.is_qemu && !(arch && g_str_has_prefix(arch, "ppc64")) &&
        rule_cell_count(context) == 0 && version < 9006000 &&
        is_positive(context, "maxMemory/@slots"))
        rule_report(
            context, "memory-maximum-cells", version ? ERROR : WARNING, "maxMemory.slots", NULL,
            NULL,
            "maxMemory.slots is set, which needs a guest with NUMA cells; add cpu.numa.cell.0 "
            "or unset it.");
}

/* Slots are for memory that there may be more of; older libvirts want the one with the other. */
static void rule_slots(DwRuleContext *context)
{
    uint64_t most, slots;

    if (!rule_size(context, "maxMemory", &most) ||
        !lens_number(context->document, context->node, "maxMemory/@slots", &slots))
        return;
    if (most == 0 && slots > 0)
        rule_report(context, "memory-maximum-slots", ERROR, "maxMemory", "0", NULL,
                    "maxMemory is 0, but maxMemory.slots is set; set maxMemory or unset both.");
    if (most > 0 && slots == 0 && rule_is_before(context, 9006000))
        rule_report(context, "memory-maximum-slots", ERROR, "maxMemory.slots", "0", NULL,
                    "maxMemory.slots is 0, but maxMemory is set; set maxMemory.slots or unset "
                    "both.");
}

/* What libvirt takes as the memory the guest begins with: that of the cells and the devices, or,
 * without cells, what is said, which the devices are part of. False: it cannot be read. */
static bool read_memory(const DwRuleContext *context, uint64_t *ret_bytes)
{
    uint64_t cells, devices;

    if (lens_find(context->document, context->node, "cpu/numa/cell", NULL) == DW_NODE_NONE)
        return rule_size(context, "memory", ret_bytes);
    return guest_cell_memory(context->document, &cells, &devices) &&
           !__builtin_add_overflow(cells, devices, ret_bytes);
}

static void rule_room(DwRuleContext *context)
{
    uint64_t most, memory;

    if (rule_size(context, "maxMemory", &most) && read_memory(context, &memory) && most > 0 &&
        (most + 1023) / KIB < (memory + 1023) / KIB)
        rule_report(context, "memory-room", ERROR, "maxMemory", NULL, NULL,
                    "maxMemory is less than the memory, that of NUMA cells and memory devices "
                    "together (%" G_GUINT64_FORMAT " bytes); raise it.",
                    memory);
}

/* ---- Huge pages ---- */

static void rule_pages(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode page = lens_find(document, context->node, "memoryBacking/hugepages/page", NULL);
    uint64_t n = rule_cell_count(context);
    unsigned masters = 0;

    for (; page != DW_NODE_NONE; page = node_next_same(document, page)) {
        g_autofree char *nodeset = node_attribute(document, page, "nodeset");
        bool in[1024], beyond = nodeset && rule_is_no_list(nodeset);

        if (nodeset)
            rule_read_list(nodeset, in, G_N_ELEMENTS(in));
        for (uint64_t id = n ? n : 1; nodeset && id < G_N_ELEMENTS(in) && !beyond; id++)
            beyond = in[id];
        /* Without cells all of them are for the whole guest. */
        if (!beyond && (!nodeset || n == 0) && ++masters == 2)
            rule_report(context, "memory-page-default", ERROR, "memoryBacking.hugepages.page", NULL,
                        NULL,
                        "memoryBacking.hugepages.page has two sizes for all cells; one of them is "
                        "the default, the others need a nodeset.");
        if (beyond && context->guest.is_qemu)
            rule_report(context, "memory-page-nodeset", ERROR, "memoryBacking.hugepages.page",
                        nodeset, NULL,
                        "memoryBacking.hugepages.page is for cells %s, but the guest has %u.",
                        nodeset, (unsigned)n);
    }
}

static void rule_page_source(DwRuleContext *context)
{
    static const char *const excluded[][3] = {
        {"memoryBacking/source/@type", "anonymous", "memoryBacking.source.type"},
        {"memoryBacking/allocation/@mode", "ondemand", "memoryBacking.allocation.mode"}};

    if (!context->guest.is_qemu || !rule_there(context, context->node, "memoryBacking/hugepages"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(excluded); i++)
        if (rule_is(context, context->node, excluded[i][0], excluded[i][1]))
            rule_report(context, "memory-page-source", ERROR, excluded[i][2], excluded[i][1], NULL,
                        "%s is %s, which memoryBacking.hugepages cannot have; unset one of them.",
                        excluded[i][2], excluded[i][1]);
}

/* ---- Less than it could have ---- */

static void rule_current(DwRuleContext *context)
{
    uint64_t memory, current;

    if (rule_there(context, context->node, "cpu/numa/cell") ||
        !rule_size(context, "memory", &memory) || !rule_size(context, "currentMemory", &current) ||
        current == 0 || current >= memory)
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, current);
    rule_report(context, "memory-current-lower", INFO, "currentMemory", value, NULL,
                "currentMemory is %s bytes, less than memory (%" G_GUINT64_FORMAT
                "): that is what the "
                "guest begins with.",
                value, memory);
}

const DwRule rules_numa[] = {
    {rule_cells, {"numa"}},
    {rule_sum, {"numa"}},
    {rule_memnodes, {"memnode"}},
    {rule_numatune, {"numatune"}},
    {rule_maximum, {"maxMemory"}},
    {rule_slots, {"maxMemory"}},
    {rule_room, {"maxMemory"}},
    {rule_pages, {"page"}},
    {rule_page_source, {"hugepages"}},
    {rule_current, {"currentMemory"}},
    {NULL},
};
