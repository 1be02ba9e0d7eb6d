/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on memory devices: the cell they are part of, their slots and sizes, and what each model
 * needs. Run once for each document.
 */
#include <string.h>

#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* libvirt wants this much for the labels of a nvdimm. */
#define LEAST_LABEL (UINT64_C(128) * 1024)
/* … and of pSeries this much beside them. */
#define LEAST_PSERIES (UINT64_C(256) * 1024 * 1024)

static bool is_model(const DwRuleContext *context, DwNode node, const char *models)
{
    g_autofree char *model = node_attribute(context->document, node, "model");
    g_auto(GStrv) all = g_strsplit(models, " ", -1);

    return model && g_strv_contains((const char *const *)all, model);
}

/* A size in bytes below a device; false when it is not there, or none. */
static bool read_size(const DwRuleContext *context, DwNode node, const char *path,
                      uint64_t *ret_bytes)
{
    return rule_size_at(context, node, path, KIB, ret_bytes);
}

/* ---- What a device is part of ---- */

static void check_cell(DwRuleContext *context, DwNode node, uint64_t n)
{
    g_autofree char *text = rule_text(context, node, "target/node");
    uint64_t id;

    if (text && is_model(context, node, "virtio-pmem"))
        rule_report(context, "memory-device-node", ERROR, "target.node", text, NULL,
                    "target.node is %s, but model virtio-pmem is part of no cell; unset it.", text);
    else if (n > 0 && text && lens_number(context->document, node, "target/node", &id) && id >= n)
        rule_report(context, "memory-device-node", ERROR, "target.node", text, NULL,
                    "target.node is %s, but the guest has %u NUMA cells, from 0.", text,
                    (unsigned)n);
    else if (n > 0 && !text && is_model(context, node, "dimm nvdimm virtio-mem"))
        rule_report(context, "memory-device-node", ERROR, "target.node", NULL, NULL,
                    "target.node is missing; the guest has NUMA cells, and the memory is part of "
                    "one of them.");
}

static void check_maximum(DwRuleContext *context, DwNode node, uint64_t n)
{
    g_autofree char *model = node_attribute(context->document, node, "model");
    uint64_t version = context->host->libvirt_version;

    /* Since 9.6 libvirt makes a cell by itself. */
    if (n == 0 && context->guest.is_x86 && version < 9006000 &&
        is_model(context, node, "dimm nvdimm"))
        rule_report(context, "memory-device-cells", version ? ERROR : WARNING, "model", model, NULL,
                    "model is %s, which needs a guest with NUMA cells; add cpu.numa.cell.0.",
                    model);
    if (!rule_there(context, document_root(context->document), "maxMemory") && model)
        rule_report(context, "memory-device-maximum", ERROR, "model", model, NULL,
                    "model is %s, which needs maxMemory with slots for it; set maxMemory and "
                    "maxMemory.slots.",
                    model);
}

/* ---- Sizes ---- */

static void check_blocks(DwRuleContext *context, DwNode node)
{
    uint64_t size = 0, block = 0, requested = 0;

    if (!is_model(context, node, "virtio-mem") || !read_size(context, node, "target/size", &size))
        return;
    if (!read_size(context, node, "target/block", &block)) {
        rule_report(context, "memory-device-block", ERROR, "target.block", NULL, NULL,
                    "target.block is missing; model virtio-mem needs it, such as 2MiB.");
        return;
    }
    read_size(context, node, "target/requested", &requested);
    uint64_t least = context->guest.is_s390 ? MIB : 2 * MIB;
    if (block != 0 && block < least)
        rule_report(context, "memory-device-block", ERROR, "target.block", NULL, NULL,
                    "target.block is less than the %u MiB of a huge page; raise it.",
                    (unsigned)(least / MIB));
    else if (block == 0 || (block & (block - 1)) != 0)
        rule_report(context, "memory-device-block", ERROR, "target.block", NULL, NULL,
                    "target.block is no power of two.");
    else if (requested % block != 0 || size % block != 0)
        rule_report(context, "memory-device-block", ERROR, "target.block", NULL, NULL,
                    "target.size and target.requested must be whole numbers of target.block.");
    if (requested > size)
        rule_report(context, "memory-device-requested", ERROR, "target.requested", NULL, NULL,
                    "target.requested is more than target.size; lower it.");
}

static void check_label(DwRuleContext *context, DwNode node)
{
    uint64_t size, label;

    if (!read_size(context, node, "target/label/size", &label) ||
        !read_size(context, node, "target/size", &size))
        return;
    if (context->guest.is_pseries && label < size && size - label < LEAST_PSERIES)
        rule_report(context, "memory-device-label", ERROR, "target.label.size", NULL, NULL,
                    "target.label.size leaves less than 256 MiB of target.size, which is the "
                    "least of this machine; raise target.size.");
    if (label < LEAST_LABEL || label >= size)
        rule_report(context, "memory-device-label", ERROR, "target.label.size", NULL, NULL,
                    "target.label.size must be 128 KiB or more, and less than target.size.");
}

static void check_device(DwRuleContext *context, DwNode node)
{
    uint64_t n = rule_cell_count(context);

    check_cell(context, node, n);
    check_maximum(context, node, n);
    check_blocks(context, node);
    check_label(context, node);
    if (is_model(context, node, "nvdimm") && !context->guest.is_pseries &&
        rule_there(context, node, "uuid"))
        rule_report(context, "memory-device-uuid", ERROR, "uuid", NULL, NULL,
                    "uuid is set, which a nvdimm has on machines of ppc64 only; unset it.");
    g_autofree char *nodes = rule_text(context, node, "source/nodemask");
    if (nodes && rule_is_no_list(nodes))
        rule_report(context, "memory-device-nodes", ERROR, "source.nodemask", nodes, NULL,
                    "source.nodemask is %s, which are no nodes that a host can have; name others.",
                    nodes);
    if (is_model(context, node, "nvdimm virtio-pmem") && !rule_there(context, node, "source/path"))
        rule_report(context, "memory-device-path", ERROR, "source.path", NULL, NULL,
                    "source.path is missing; models nvdimm and virtio-pmem need it.");
}

static void rule_devices(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "memory", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "memory", node)) {
        if (!context->guest.is_qemu || !rule_has(context, node, "model"))
            continue;
        rule_look_at(context, "memory", node);
        check_device(context, node);
        rule_look_back(context);
    }
}

/* ---- Slots ---- */

static void check_slot(DwRuleContext *context, DwNode node, GHashTable *taken, uint64_t slots)
{
    g_autofree char *text = rule_text(context, node, "address/@slot");
    uint64_t slot = text ? g_ascii_strtoull(text, NULL, 0) : 0;
    const char *fault = NULL;

    if (!text)
        return;
    if (slot >= slots)
        fault = "which maxMemory.slots does not have";
    else if (!g_hash_table_add(taken, GSIZE_TO_POINTER((gsize)slot)))
        fault = "which another memory device has";
    if (!fault)
        return;
    rule_look_at(context, "memory", node);
    rule_report(context, "memory-device-slot", ERROR, "address.slot", text, NULL,
                "address.slot is %s, %s; give it another or unset address.*.", text, fault);
    rule_look_back(context);
}

/* Devices that sit in slots of the machine. */
static void rule_slots(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode root = document_root(document);
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    uint64_t slots, n = 0;

    if (!context->guest.is_qemu || !lens_number(document, root, "maxMemory/@slots", &slots))
        return;
    for (DwNode node = rule_device(context, "memory", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "memory", node)) {
        if (!is_model(context, node, "dimm nvdimm"))
            continue;
        n++;
        check_slot(context, node, taken, slots);
    }
    if (n > slots) {
        g_autofree char *text = g_strdup_printf("%u", (unsigned)slots);
        rule_report(context, "memory-device-slots", ERROR, "maxMemory.slots", text, NULL,
                    "maxMemory.slots is %s, but there are %u memory devices in slots; raise it.",
                    text, (unsigned)n);
    }
}

/* ---- Addresses ---- */

typedef struct {
    uint64_t begin, end;
    DwNode node;
    const char *key;
} Range;

static int compare_ranges(const void *a, const void *b)
{
    const Range *x = a, *y = b;

    return (x->begin > y->begin) - (x->begin < y->begin);
}

static GArray *read_ranges(const DwRuleContext *context)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(Range));

    for (DwNode node = rule_device(context, "memory", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "memory", node)) {
        bool is_slot = is_model(context, node, "dimm nvdimm");
        g_autofree char *base =
            rule_text(context, node, is_slot ? "address/@base" : "target/address/@base");
        Range range = {.node = node, .key = is_slot ? "address.base" : "target.address.base"};
        uint64_t size;

        range.begin = base ? g_ascii_strtoull(base, NULL, 0) : 0;
        if (range.begin && read_size(context, node, "target/size", &size) &&
            !__builtin_add_overflow(range.begin, size, &range.end))
            g_array_append_val(ranges, range);
    }
    g_array_sort(ranges, compare_ranges);
    return ranges;
}

/* Known of 11.3. An older one defines what QEMU refuses to start. */
static void rule_overlaps(DwRuleContext *context)
{
    if (!context->guest.is_qemu)
        return;
    g_autoptr(GArray) ranges = read_ranges(context);
    for (guint i = 1; i < ranges->len; i++) {
        const Range *below = &g_array_index(ranges, Range, i - 1);
        const Range *range = &g_array_index(ranges, Range, i);

        if (range->begin >= below->end)
            continue;
        g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", range->begin);
        rule_look_at(context, "memory", range->node);
        rule_report(context, "memory-device-overlap", rule_since(context, 11003000), range->key,
                    text, NULL,
                    "%s is %s, but another memory device reaches to 0x%" G_GINT64_MODIFIER
                    "x; give one another place.",
                    range->key, text, below->end);
        rule_look_back(context);
    }
}

const DwRule rules_memory[] = {
    {rule_devices, {"memory"}},
    {rule_slots, {"memory"}},
    {rule_overlaps, {"memory"}},
    {NULL},
};
