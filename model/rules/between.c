/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules between devices: names, boot orders, aliases, limits and images that two of them claim.
 * One pass over the devices for each rule; the second device is the one reported.
 */
#include "rules/facts.h"
#include "rules/tables.h"

#include <string.h>

#include "guest/disk.h"
#include "keys/devices.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

static GHashTable *seen_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* The device that claimed text before, or DW_NODE_NONE, in which case it is node's now. */
static DwNode claim(GHashTable *seen, const char *text, DwNode node)
{
    gpointer found;

    if (g_hash_table_lookup_extended(seen, text, NULL, &found))
        return GPOINTER_TO_INT(found);
    g_hash_table_insert(seen, g_strdup(text), GINT_TO_POINTER(node));
    return DW_NODE_NONE;
}

/* Reports each device of a kind whose target attribute another one has claimed before. */
static void check_targets(DwRuleContext *context, const char *kind, const char *attribute,
                          void (*report)(DwRuleContext *context, const char *value))
{
    g_autoptr(GHashTable) seen = rule_has_two(context, kind) ? seen_new() : NULL;

    if (!seen)
        return;
    for (DwNode node = rule_device(context, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, kind, node)) {
        g_autofree char *value = rule_attribute(context, node, "target", attribute);

        if (!value || claim(seen, value, node) == DW_NODE_NONE)
            continue;
        rule_look_at(context, kind, node);
        report(context, value);
    }
    rule_look_at(context, "", document_root(context->document));
}

static void report_disk(DwRuleContext *context, const char *dev)
{
    rule_report(context, "disk-target-unique", ERROR, "target.dev", dev, NULL,
                "target.dev %s belongs to two disks; give one of them another name.", dev);
}

static void rule_targets(DwRuleContext *context)
{
    check_targets(context, "disk", "dev", report_disk);
}

static void report_channel(DwRuleContext *context, const char *name)
{
    rule_report(context, "channel-name-unique", WARNING, "target.name", name, NULL,
                "target.name %s belongs to two channels; the guest finds one only. Remove or "
                "rename one.",
                name);
}

static void rule_channels(DwRuleContext *context)
{
    check_targets(context, "channel", "name", report_channel);
}

static void check_order(DwRuleContext *context, GHashTable *seen, DwNode device)
{
    g_autofree char *order = rule_attribute(context, device, "boot", "order");
    g_autofree char *kind = NULL;
    g_autofree char *first = NULL;
    g_autofree char *first_kind = NULL;
    DwNode other;

    if (!order)
        return;
    other = claim(seen, order, device);
    if (other == DW_NODE_NONE)
        return;
    kind = node_name(context->document, device);
    rule_look_at(context, kind, device);
    first = device_id(context->document, other);
    first_kind = node_name(context->document, other);
    rule_report(context, "boot-order-unique", ERROR, "boot.order", order, NULL,
                "boot.order %s belongs to %s %s already; give another.", order, first_kind, first);
    rule_look_at(context, "", document_root(context->document));
}

static void rule_boot_orders(DwRuleContext *context)
{
    g_autoptr(GHashTable) seen = seen_new();

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node))
        check_order(context, seen, node);
}

static void rule_aliases(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = seen_new();

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        g_autofree char *alias = rule_attribute(context, node, "alias", "name");
        g_autofree char *kind = NULL;

        /* libvirt makes other names anew itself. */
        if (!alias || !g_str_has_prefix(alias, "ua-") || rule_is_mirror(context, node) ||
            rule_is_unread(context, node) || claim(seen, alias, node) == DW_NODE_NONE)
            continue;
        kind = node_name(document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "alias-unique", ERROR, "alias", alias, NULL,
                    "alias %s belongs to two devices; give one of them another.", alias);
        rule_look_at(context, "", document_root(context->document));
    }
}

/* QEMU does not start with two disks that libvirt makes one name for. */
static void rule_disk_aliases(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = NULL;

    if (!context->guest.is_qemu || context->guest.is_test || !rule_has_two(context, "disk"))
        return;
    seen = seen_new();
    for (DwNode disk = rule_device(context, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
         disk = rule_device(context, "disk", disk)) {
        g_autofree char *alias = disk_alias(document, disk);
        DwNode other = alias ? claim(seen, alias, disk) : DW_NODE_NONE;

        if (other == DW_NODE_NONE)
            continue;
        g_autofree char *first = device_id(document, other);
        g_autofree char *dev = rule_attribute(context, disk, "target", "dev");
        rule_look_at(context, "disk", disk);
        rule_report(context, "disk-alias-unique", WARNING, "target.dev", dev, NULL,
                    "target.dev is %s, which makes the disk %s as disk %s is; QEMU does not start "
                    "with both. Give it another target.dev.",
                    dev, alias, first);
    }
    rule_look_at(context, "", document_root(document));
}

/* Do two disks say the same under iotune? Order and spelling of absent zeros do not count. */
static bool same_limits(const DwDocument *document, DwNode a, DwNode b)
{
    for (int turn = 0; turn < 2; turn++) {
        DwNode from = turn ? b : a, to = turn ? a : b;

        for (DwNode node = node_first_child(document, from); node != DW_NODE_NONE;
             node = node_next(document, node)) {
            g_autofree char *name = node_name(document, node);
            g_autofree char *text = node_text(document, node);
            g_autofree char *other = lens_text(document, to, name, NULL);

            if (g_strcmp0(text, other ? other : "0") != 0)
                return false;
        }
    }
    return true;
}

static bool has_limits(const DwDocument *document, DwNode iotune)
{
    for (DwNode node = node_first_child(document, iotune); node != DW_NODE_NONE;
         node = node_next(document, node)) {
        g_autofree char *name = node_name(document, node);
        uint64_t limit = 0;

        if (!g_str_equal(name, "group_name") && lens_number(document, iotune, name, &limit) &&
            limit)
            return true;
    }
    return false;
}

/* disk is of the group; first: of its disks the first with limits, or none. A disk that has only
 * the group gets the limits of the others. */
static void check_group(DwRuleContext *context, DwNode disk, const char *group, DwNode first)
{
    const DwDocument *document = context->document;
    DwNode iotune = node_child(document, disk, "iotune");
    bool has = has_limits(document, iotune);

    if (first != DW_NODE_NONE &&
        (!has || same_limits(document, node_child(document, first, "iotune"), iotune)))
        return;
    rule_look_at(context, "disk", disk);
    if (first == DW_NODE_NONE) {
        rule_report(context, "iotune-group", ERROR, "iotune.group_name", group, NULL,
                    "iotune.group_name is %s, but no limit is set; set one or unset the group.",
                    group);
        return;
    }
    g_autofree char *first_id = device_id(document, first);
    rule_report(context, "iotune-group-equal", ERROR, "iotune.group_name", group, NULL,
                "iotune.group_name is %s as for disk %s, but the limits differ; disks of one group "
                "share them.",
                group, first_id);
}

static void rule_groups(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = seen_new();

    for (int turn = 0; turn < 2; turn++)
        for (DwNode disk = rule_device(context, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
             disk = rule_device(context, "disk", disk)) {
            g_autofree char *group = lens_text(document, disk, "iotune/group_name", NULL);
            gpointer first = NULL;

            if (!group || !*group)
                continue;
            if (turn == 0 && has_limits(document, node_child(document, disk, "iotune")))
                claim(seen, group, disk);
            else if (turn == 1)
                check_group(context, disk, group,
                            g_hash_table_lookup_extended(seen, group, NULL, &first)
                                ? GPOINTER_TO_INT(first)
                                : DW_NODE_NONE);
        }
    rule_look_at(context, "", document_root(context->document));
}

/* An image that two disks of one domain write to is soon no image any more; libvirt does not mind.
 */
static void rule_images(DwRuleContext *context)
{
    static const char *const names[] = {"file", "dev"};
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = rule_has_two(context, "disk") ? seen_new() : NULL;

    if (!seen)
        return;
    for (DwNode disk = rule_device(context, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
         disk = rule_device(context, "disk", disk)) {
        if (disk_is_readonly(document, disk) ||
            node_child(document, disk, "shareable") != DW_NODE_NONE)
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            g_autofree char *path = rule_attribute(context, disk, "source", names[i]);

            if (!path || !*path || claim(seen, path, disk) == DW_NODE_NONE)
                continue;
            g_autofree char *key = g_strconcat("source.", names[i], NULL);
            rule_look_at(context, "disk", disk);
            rule_report(context, "disk-source-unique", WARNING, key, path, NULL,
                        "%s is %s, which another disk writes to as well; that destroys it. Set "
                        "readonly, or use another image.",
                        key, path);
            rule_look_at(context, "", document_root(context->document));
        }
    }
}

const DwRule rules_between[] = {
    {rule_targets},
    {rule_channels, {"channel"}},
    {rule_boot_orders, {"order"}},
    {rule_aliases, {"alias"}},
    {rule_disk_aliases},
    {rule_groups, {"group_name"}},
    {rule_images},
    {NULL},
};
