/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits on a disk's throughput: how the numbers of <iotune> must go together. Disks that share a
 * group are between.c's business.
 */
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

static const char *const limits[] = {"total_bytes_sec", "read_bytes_sec", "write_bytes_sec",
                                     "total_iops_sec",  "read_iops_sec",  "write_iops_sec"};

/* The number under iotune, 0 when it is absent, which means the same. */
static uint64_t number(const DwRuleContext *context, DwNode iotune, const char *name,
                       const char *suffix)
{
    g_autofree char *path = g_strconcat(name, suffix, NULL);
    uint64_t value = 0;

    lens_number(context->document, iotune, path, &value);
    return value;
}

static DwNode iotune_of(const DwRuleContext *context)
{
    return node_child(context->document, context->node, "iotune");
}

static bool is_there(const DwRuleContext *context, DwNode iotune, const char *name,
                     const char *suffix)
{
    g_autofree char *path = g_strconcat(name, suffix, NULL);

    return node_child(context->document, iotune, path) != DW_NODE_NONE;
}

/* libvirt's schema refuses both even when one of them is 0. */
static void exclude(DwRuleContext *context, DwNode iotune, size_t total, const char *suffix)
{
    for (size_t part = total + 1; part <= total + 2; part++) {
        g_autofree char *key = g_strconcat("iotune.", limits[part], suffix, NULL);

        if (is_there(context, iotune, limits[total], suffix) &&
            is_there(context, iotune, limits[part], suffix))
            rule_report(context, "iotune-total", ERROR, key, NULL, NULL,
                        "%s and iotune.%s%s cannot both be set; unset one, also when it is 0.", key,
                        limits[total], suffix);
    }
}

static void rule_total(DwRuleContext *context)
{
    DwNode iotune = iotune_of(context);

    if (iotune == DW_NODE_NONE)
        return;
    for (size_t total = 0; total < G_N_ELEMENTS(limits); total += 3) {
        exclude(context, iotune, total, "");
        exclude(context, iotune, total, "_max");
    }
}

static void check_number(DwRuleContext *context, DwNode iotune, DwNode node)
{
    g_autofree char *name = node_name(context->document, node);
    g_autofree char *text = node_text(context->document, node);
    g_autofree char *key = g_strconcat("iotune.", name, NULL);
    uint64_t value;

    if (node_is(context->document, node, "group_name") ||
        !lens_number(context->document, iotune, name, &value))
        return;
    if (value == 0)
        rule_report(context, "iotune-zero", WARNING, key, text, NULL,
                    "%s is 0, which means no limit, and libvirt drops it; unset it.", key);
}

static void rule_numbers(DwRuleContext *context)
{
    DwNode iotune = iotune_of(context);

    if (iotune == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    for (DwNode node = node_first_child(context->document, iotune); node != DW_NODE_NONE;
         node = node_next(context->document, node))
        check_number(context, iotune, node);
}

/* A burst without the limit it exceeds, or below it, defines, but QEMU does not start. */
static void rule_max(DwRuleContext *context)
{
    DwNode iotune = iotune_of(context);

    if (iotune == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        uint64_t base = number(context, iotune, limits[i], "");
        uint64_t max = number(context, iotune, limits[i], "_max");
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, max);
        g_autofree char *key = g_strconcat("iotune.", limits[i], "_max", NULL);

        if (max && !base)
            rule_report(context, "iotune-max-base", WARNING, key, value, NULL,
                        "%s is %s, but iotune.%s is not set; a burst needs the limit it exceeds.",
                        key, value, limits[i]);
        else if (max && max < base)
            rule_report(context, "iotune-max-low", WARNING, key, value, NULL,
                        "%s is %s, below iotune.%s (%" G_GUINT64_FORMAT "); raise it or unset it.",
                        key, value, limits[i], base);
    }
}

static void rule_length(DwRuleContext *context)
{
    DwNode iotune = iotune_of(context);

    if (iotune == DW_NODE_NONE)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        uint64_t length = number(context, iotune, limits[i], "_max_length");
        g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, length);
        g_autofree char *key = g_strconcat("iotune.", limits[i], "_max_length", NULL);

        if (length && !number(context, iotune, limits[i], "_max"))
            rule_report(context, "iotune-length-max", WARNING, key, value, NULL,
                        "%s is %s, but iotune.%s_max is not set; there is no burst to last.", key,
                        value, limits[i]);
    }
}

static void rule_filters(DwRuleContext *context)
{
    if (iotune_of(context) != DW_NODE_NONE &&
        node_child(context->document, context->node, "throttlefilters") != DW_NODE_NONE)
        rule_report(context, "iotune-filters", ERROR, "iotune", NULL, NULL,
                    "iotune is set beside throttlefilters, which exclude it; keep one of them.");
}

static void rule_size_iops(DwRuleContext *context)
{
    DwNode iotune = iotune_of(context);
    g_autofree char *value = NULL;

    if (iotune == DW_NODE_NONE || !context->guest.is_qemu ||
        !number(context, iotune, "size_iops_sec", ""))
        return;
    for (size_t i = 3; i < G_N_ELEMENTS(limits); i++)
        if (number(context, iotune, limits[i], ""))
            return;
    value = lens_text(context->document, iotune, "size_iops_sec", NULL);
    rule_report(
        context, "iotune-size-iops", WARNING, "iotune.size_iops_sec", value, NULL,
        "iotune.size_iops_sec is %s, but no limit on operations is set; set one or unset it.",
        value);
}

/* Never worked, and 11.3 says so. */
static void rule_card(DwRuleContext *context)
{
    DwNode iotune = iotune_of(context);

    if (iotune == DW_NODE_NONE || g_strcmp0(context->bus, "sd") != 0 || !context->guest.is_qemu)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (!number(context, iotune, limits[i], "") && !number(context, iotune, limits[i], "_max"))
            continue;
        rule_report(
            context, "iotune-bus", rule_since(context, 11003000), "target.bus", "sd", NULL,
            "target.bus is sd, where limits do not work; unset iotune.* or change the bus.");
        return;
    }
}

const DwRule rules_iotune[] = {
    {rule_total, {"iotune"}},     {rule_numbers, {"iotune"}},
    {rule_max, {"iotune"}},       {rule_length, {"iotune"}},
    {rule_size_iops, {"iotune"}}, {rule_filters, {"iotune"}},
    {rule_card, {"iotune"}},      {NULL},
};
