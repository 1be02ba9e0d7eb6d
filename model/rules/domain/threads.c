/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on I/O threads and what uses them, and on throttle groups and the disks that ask for them.
 * The I/O thread of a disk is disk/driver.c's. Run once for each document.
 */
#include <string.h>

#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/tables.h"

#define ERROR DW_SEVERITY_ERROR
/* Numbers of threads in lists are looked at up to this. */
#define MOST_LISTED 4096

/* ---- The threads themselves ---- */

static void check_pool(DwRuleContext *context, DwNode node, const char *key)
{
    uint64_t least = 0, most = 0;
    g_autofree char *min = g_strconcat(key, ".thread_pool_min", NULL);
    g_autofree char *text = node_attribute(context->document, node, "thread_pool_min");

    if (text && lens_number(context->document, node, "@thread_pool_min", &least) &&
        (!lens_number(context->document, node, "@thread_pool_max", &most) || least > most))
        rule_report(context, "iothread-pool", ERROR, min, text, NULL,
                    "%s is %s, which needs a thread_pool_max of that or more; set that.", min,
                    text);
}

static void rule_ids(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode node = lens_find(document, context->node, "iothreadids/iothread", NULL);
    DwNode main = node_child(document, context->node, "defaultiothread");
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    uint64_t id;

    if (main != DW_NODE_NONE)
        check_pool(context, main, "defaultiothread");
    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *text = node_attribute(document, node, "id");
        g_autofree char *key = g_strconcat("iothreadids.iothread.", text ? text : "0", NULL);

        check_pool(context, node, key);
        if (!text || !lens_number(document, node, "@id", &id))
            continue;
        if (id == 0)
            rule_report(context, "iothread-ids", ERROR, key, text, NULL,
                        "%s is there, but I/O threads are numbered from 1.", key);
        else if (!g_hash_table_add(seen, GSIZE_TO_POINTER((gsize)id)))
            rule_report(context, "iothread-ids", ERROR, key, text, NULL,
                        "%s is there twice; remove one.", key);
    }
}

/* ---- What uses them ---- */

/* Has a controller an I/O thread? Where x86 says no model, it is one that has not. */
static bool may_have_thread(const DwRuleContext *context, DwNode node)
{
    g_autofree char *model = rule_text(context, node, "@model");

    if (!node_attribute_is(context->document, node, "type", "scsi"))
        return !context->guest.is_qemu || context->guest.is_test;
    return model ? g_str_has_prefix(model, "virtio-") : !context->guest.is_x86;
}

static void check_thread(DwRuleContext *context, DwNode node)
{
    g_autofree char *text = rule_attribute(context, node, "driver", "iothread");
    uint64_t number;

    if (!text || !lens_number(context->document, node, "driver/@iothread", &number))
        return;
    rule_look_at(context, "controller", node);
    if (number != 0 && !rule_has_iothread(context, number))
        rule_report(context, "controller-iothread", ERROR, "driver.iothread", text, NULL,
                    "driver.iothread is %s, but the domain has no I/O thread of that number; raise "
                    "iothreads or lower this.",
                    text);
    if (!may_have_thread(context, node))
        rule_report(context, "controller-iothread-model", ERROR, "driver.iothread", text, NULL,
                    "driver.iothread is %s, which only SCSI controllers of model virtio-scsi "
                    "have; unset it.",
                    text);
    rule_look_back(context);
}

/* Threads that the queues of a disk or controller are spread over. */
static void rule_mapped(DwRuleContext *context)
{
    const DwDocument *document = context->document;

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode thread = lens_find(document, node, "driver/iothreads/iothread", NULL);

        for (; thread != DW_NODE_NONE; thread = node_next_same(document, thread)) {
            uint64_t number;

            if (!lens_number(document, thread, "@id", &number) ||
                rule_has_iothread(context, number))
                continue;
            g_autofree char *kind = node_name(document, node);
            g_autofree char *key =
                g_strdup_printf("driver.iothreads.iothread.%u", (unsigned)number);
            rule_look_at(context, kind, node);
            rule_report(context, "device-iothread", ERROR, key, NULL, NULL,
                        "%s is set, but the domain has no I/O thread of that number; raise "
                        "iothreads or unset this.",
                        key);
            rule_look_back(context);
        }
    }
}

static void rule_controllers(DwRuleContext *context)
{

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node))
        check_thread(context, node);
}

static void check_list(DwRuleContext *context, const char *list, const char *key,
                       GHashTable *scheduled)
{
    bool missing = false, twice = false, in[MOST_LISTED];

    rule_read_list(list, in, MOST_LISTED);
    for (uint64_t number = 1; number < MOST_LISTED; number++) {
        if (!in[number])
            continue;
        if (!missing && !rule_has_iothread(context, number)) {
            missing = true;
            rule_report(context, "cputune-iothread", ERROR, key, list, NULL,
                        "%s is for I/O thread %u, which the domain has not; raise iothreads.", key,
                        (unsigned)number);
        }
        if (scheduled && !g_hash_table_add(scheduled, GSIZE_TO_POINTER((gsize)number)) && !twice) {
            twice = true;
            rule_report(context, "cputune-iothreadsched", ERROR, key, list, NULL,
                        "%s names I/O thread %u twice; each has one scheduler.", key,
                        (unsigned)number);
        }
    }
}

static void rule_tuning(DwRuleContext *context)
{
    static const char *const names[][2] = {{"iothreadpin", "iothread"},
                                           {"iothreadsched", "iothreads"}};
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) scheduled = g_hash_table_new(NULL, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("cputune/", names[i][0], NULL);
        g_autofree char *key = g_strconcat("cputune.", names[i][0], NULL);
        DwNode node = lens_find(document, context->node, path, NULL);

        for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
            g_autofree char *list = node_attribute(document, node, names[i][1]);
            if (list)
                check_list(context, list, key, i == 1 ? scheduled : NULL);
        }
    }
}

/* ---- Throttle groups ---- */

/* The names of groups; of those that are there twice `report` tells. */
static GHashTable *read_groups(DwRuleContext *context, bool report)
{
    const DwDocument *document = context->document;
    GHashTable *groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    DwNode node =
        lens_find(document, document_root(document), "throttlegroups/throttlegroup", NULL);

    for (unsigned i = 1; node != DW_NODE_NONE; node = node_next_same(document, node), i++) {
        g_autofree char *name = rule_text(context, node, "group_name");
        g_autofree char *key = g_strdup_printf("throttlegroups.throttlegroup.%u.group_name", i);

        if ((!name || !*name) && report)
            rule_report(context, "throttle-group-name", ERROR, key, NULL, NULL,
                        "%s is not set, by which disks name the group; set it.", key);
        else if (name && *name && !g_hash_table_add(groups, g_strdup(name)) && report)
            rule_report(context, "throttle-group-unique", ERROR, key, name, NULL,
                        "%s is that of another group; give it another name.", key);
    }
    return groups;
}

static void rule_groups(DwRuleContext *context)
{
    g_hash_table_unref(read_groups(context, true));
}

static void check_filters(DwRuleContext *context, DwNode disk, GHashTable *groups)
{
    const DwDocument *document = context->document;
    DwNode filter = lens_find(document, disk, "throttlefilters/throttlefilter", NULL);

    if (filter == DW_NODE_NONE)
        return;
    rule_look_at(context, "disk", disk);
    for (; filter != DW_NODE_NONE; filter = node_next_same(document, filter)) {
        g_autofree char *name = node_attribute(document, filter, "group");

        if (name && !g_hash_table_contains(groups, name))
            rule_report(context, "throttle-group-missing", ERROR, "throttlefilters", name, NULL,
                        "throttlefilters names group %s, which throttlegroups has not.", name);
    }
    rule_look_back(context);
}

static void rule_filters(DwRuleContext *context)
{
    g_autoptr(GHashTable) groups = read_groups(context, false);

    for (DwNode disk = rule_device(context, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
         disk = rule_device(context, "disk", disk))
        check_filters(context, disk, groups);
}

/* Triggered by names outside <devices> … */
const DwRule rules_threads[] = {
    {rule_ids, {"iothreadids", "defaultiothread"}},
    {rule_tuning, {"iothreadpin", "iothreadsched"}},
    {rule_groups, {"throttlegroups"}},
    {NULL},
};
/* … and inside. */
const DwRule rules_thread_users[] = {
    {rule_controllers, {"iothread"}},
    {rule_mapped, {"iothreads"}},
    {rule_filters, {"throttlefilters"}},
    {NULL},
};
