/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what names virtual processors: pins, schedulers, shares of caches and memory bandwidth,
 * and the list of processors itself. Run once for each document.
 */
#include <string.h>

#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* More processors than any machine has. */
#define MOST 4096
/* Among so many the rules look for processors that two have. */
#define MOST_SHARED 512

static uint64_t count_processors(const DwRuleContext *context)
{
    uint64_t n = 1;

    lens_number(context->document, document_root(context->document), "vcpu", &n);
    return MIN(n, MOST);
}

/* ---- Pins ---- */

/* libvirt drops the pin of a processor that is not there. */
static void rule_pins(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode pin = lens_find(document, context->node, "cputune/vcpupin", NULL);
    uint64_t most = 1, number;

    lens_number(document, context->node, "vcpu", &most);
    for (; pin != DW_NODE_NONE; pin = node_next_same(document, pin)) {
        g_autofree char *text = node_attribute(document, pin, "vcpu");

        if (text && lens_number(document, pin, "@vcpu", &number) && number >= most)
            rule_report(
                context, "cputune-vcpupin", WARNING, "cputune.vcpupin", text, NULL,
                "cputune.vcpupin is for processor %s, but vcpu is %u, counted from 0; libvirt "
                "drops the pin.",
                text, (unsigned)most);
    }
}

static void rule_schedulers(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode node = lens_find(document, context->node, "cputune/vcpusched", NULL);
    unsigned counts[MOST_SHARED] = {0};
    uint64_t most = 1;

    lens_number(document, context->node, "vcpu", &most);
    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *list = node_attribute(document, node, "vcpus");
        bool in[MOST_SHARED];

        rule_read_list(list ? list : "", in, MOST_SHARED);
        for (size_t cpu = 0; cpu < MOST_SHARED; cpu++)
            counts[cpu] += in[cpu];
    }
    for (uint64_t cpu = 0; cpu < MIN(most, MOST_SHARED); cpu++) {
        if (counts[cpu] < 2)
            continue;
        rule_report(context, "cputune-vcpusched", ERROR, "cputune.vcpusched", NULL, NULL,
                    "cputune.vcpusched names processor %u twice; each has one scheduler.",
                    (unsigned)cpu);
        return;
    }
}

/* libvirt drops a pin that is too much, but not a scheduler. */
static void rule_scheduler_range(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode node = lens_find(document, context->node, "cputune/vcpusched", NULL);
    uint64_t n = count_processors(context);

    for (unsigned i = 1; node != DW_NODE_NONE; node = node_next_same(document, node), i++) {
        g_autofree char *list = node_attribute(document, node, "vcpus");
        g_autofree char *key = g_strdup_printf("cputune.vcpusched.%u.vcpus", i);

        bool in[MOST];

        rule_read_list(list ? list : "", in, MOST);
        for (uint64_t cpu = n; cpu < MOST; cpu++)
            if (in[cpu]) {
                rule_report(context, "cputune-vcpusched-range", ERROR, key, list, NULL,
                            "%s is %s, but vcpu is %u, counted from 0; leave out the others.", key,
                            list, (unsigned)n);
                break;
            }
    }
}

/* What is scheduled, and how. */
static void rule_scheduled(DwRuleContext *context)
{
    static const char *const names[][2] = {{"vcpusched", "vcpus"}, {"iothreadsched", "iothreads"}};
    const DwDocument *document = context->document;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("cputune/", names[i][0], NULL);
        DwNode node = lens_find(document, context->node, path, NULL);

        for (unsigned n = 1; node != DW_NODE_NONE; node = node_next_same(document, node), n++) {
            if (rule_has(context, node, names[i][1]))
                continue;
            g_autofree char *key = g_strdup_printf("cputune.%s.%u.%s", names[i][0], n, names[i][1]);
            rule_report(context, "cputune-scheduled", ERROR, key, NULL, NULL,
                        "%s is missing; a scheduler needs to know for whom it is.", key);
        }
    }
}

/* Lists such as "0,^0", which name nothing, or "3-1", which are none. */
static void rule_empty_lists(DwRuleContext *context)
{
    static const struct {
        const char *path, *attribute, *key; /* where N stands for what tells them apart */
        const char *by;                     /* NULL: their place, from 1 */
    } lists[] = {{"cputune/emulatorpin", "cpuset", "cputune.emulatorpin.cpuset", NULL},
                 {"cputune/vcpupin", "cpuset", "cputune.vcpupin.N.cpuset", "vcpu"},
                 {"cputune/iothreadpin", "cpuset", "cputune.iothreadpin.N.cpuset", "iothread"},
                 {"cputune/vcpusched", "vcpus", "cputune.vcpusched.N.vcpus", NULL},
                 {"cputune/iothreadsched", "iothreads", "cputune.iothreadsched.N.iothreads", NULL}};
    const DwDocument *document = context->document;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        DwNode node = lens_find(document, context->node, lists[i].path, NULL);

        for (unsigned n = 1; node != DW_NODE_NONE; node = node_next_same(document, node), n++) {
            g_autofree char *list = node_attribute(document, node, lists[i].attribute);
            if (!list || (rule_is_list(list) && !rule_is_no_list(list)))
                continue;
            g_auto(GStrv) parts = g_strsplit(lists[i].key, "N", 2);
            g_autofree char *by = lists[i].by ? node_attribute(document, node, lists[i].by)
                                              : g_strdup_printf("%u", n);
            g_autofree char *key = parts[1] ? g_strconcat(parts[0], by ? by : "", parts[1], NULL)
                                            : g_strdup(lists[i].key);
            rule_report(context, "cputune-list", ERROR, key, list, NULL,
                        "%s is \"%s\", which are none that a host can have; name others, such as "
                        "0-3,^2.",
                        key, list);
        }
    }
}

/* Of processors and of I/O threads. */
static void rule_pins_once(DwRuleContext *context)
{
    static const char *const names[][2] = {{"vcpupin", "vcpu"}, {"iothreadpin", "iothread"}};
    const DwDocument *document = context->document;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("cputune/", names[i][0], NULL);
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        DwNode node = lens_find(document, context->node, path, NULL);

        for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
            g_autofree char *text = node_attribute(document, node, names[i][1]);
            g_autofree char *key = g_strdup_printf("cputune.%s", names[i][0]);

            if (text && !g_hash_table_add(seen, g_strdup(text)))
                rule_report(context, "cputune-pin-unique", ERROR, key, text, NULL,
                            "%s %s is there twice; remove one.", key, text);
        }
    }
}

/* ---- Shares of caches and bandwidth ---- */

static void rule_caches(DwRuleContext *context)
{
    static const char *const names[] = {"cachetune", "memorytune", "energytune"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("cputune/", names[i], NULL);
        g_autofree char *key = g_strconcat("cputune.", names[i], NULL);

        if (rule_there(context, context->node, path) &&
            node_attribute_is(context->document, context->node, "type", "qemu"))
            rule_report(context, "cputune-kvm", ERROR, key, NULL, NULL,
                        "%s is set, which needs type kvm; change type or unset it.", key);
    }
}

typedef enum { SETS_APART, SETS_EQUAL, SETS_WITHIN, SETS_ACROSS } Sets;

/* How the processors of the first list relate to those of the second. */
static Sets compare_sets(const char *a, const char *b)
{
    bool both = false, first = false, second = false, in_a[MOST_SHARED], in_b[MOST_SHARED];

    rule_read_list(a, in_a, MOST_SHARED);
    rule_read_list(b, in_b, MOST_SHARED);
    for (size_t cpu = 0; cpu < MOST_SHARED; cpu++) {
        both |= in_a[cpu] && in_b[cpu];
        first |= in_a[cpu] && !in_b[cpu];
        second |= in_b[cpu] && !in_a[cpu];
    }
    return !both ? SETS_APART : first ? SETS_ACROSS : second ? SETS_WITHIN : SETS_EQUAL;
}

/* What is counted is counted for processors that have the share. */
static void check_monitors(DwRuleContext *context, DwNode share, const char *list, const char *key)
{
    const DwDocument *document = context->document;

    for (DwNode node = node_child(document, share, "monitor"); node != DW_NODE_NONE;
         node = node_next_same(document, node)) {
        g_autofree char *own = node_attribute(document, node, "vcpus");
        Sets sets = own ? compare_sets(own, list) : SETS_EQUAL;

        if (sets == SETS_APART || sets == SETS_ACROSS)
            rule_report(context, "cputune-monitor", ERROR, key, own, NULL,
                        "%s has a monitor for processors %s, which are not all among its %s.", key,
                        own, list);
    }
}

/* The first share that has one of these processors, which are taken where they are free. */
static DwNode take_processors(const char *list, DwNode share, DwNode *owners)
{
    DwNode other = DW_NODE_NONE;
    bool in[MOST_SHARED];

    rule_read_list(list, in, MOST_SHARED);
    for (size_t cpu = 0; cpu < MOST_SHARED; cpu++) {
        if (in[cpu] && owners[cpu] == DW_NODE_NONE)
            owners[cpu] = share;
        else if (in[cpu] && other == DW_NODE_NONE)
            other = owners[cpu];
    }
    return other;
}

/* Two shares are for the same processors or have none in common. */
static void check_shares(DwRuleContext *context, const char *name)
{
    const DwDocument *document = context->document;
    g_autofree char *path = g_strconcat("cputune/", name, NULL);
    DwNode node = lens_find(document, context->node, path, NULL), owners[MOST_SHARED];

    for (size_t cpu = 0; cpu < MOST_SHARED; cpu++)
        owners[cpu] = DW_NODE_NONE;

    for (unsigned i = 1; node != DW_NODE_NONE; node = node_next_same(document, node), i++) {
        g_autofree char *list = node_attribute(document, node, "vcpus");
        g_autofree char *key = g_strdup_printf("cputune.%s.%u", name, i);

        if (!list)
            continue;
        check_monitors(context, node, list, key);
        DwNode other = take_processors(list, node, owners);
        if (other == DW_NODE_NONE)
            continue;
        g_autofree char *others = node_attribute(document, other, "vcpus");
        if (others && compare_sets(list, others) != SETS_EQUAL)
            rule_report(context, "cputune-overlap", ERROR, key, list, NULL,
                        "%s is for processors %s, some of which another has (%s); give each to "
                        "one.",
                        key, list, others);
    }
}

static void rule_shares(DwRuleContext *context)
{
    check_shares(context, "cachetune");
    check_shares(context, "memorytune");
}

/* ---- The list of processors ---- */

typedef struct {
    bool is_on;
    char *hotpluggable; /* NULL: it is not said */
    uint64_t order;     /* 0: it is not said */
} Processor;

static void clear_processor(void *data)
{
    g_free(((Processor *)data)->hotpluggable);
}

/* What the list makes of each processor; of one that is there twice the last holds. */
static GArray *read_processors(const DwRuleContext *context, DwNode node)
{
    const DwDocument *document = context->document;
    guint n = (guint)MIN(count_processors(context), MOST_SHARED);
    GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(Processor), n);

    g_array_set_clear_func(all, clear_processor);
    g_array_set_size(all, n);
    for (uint64_t id; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        if (!lens_number(document, node, "@id", &id) || id >= n)
            continue;
        Processor *one = &g_array_index(all, Processor, id);
        g_autofree char *hotpluggable = node_attribute(document, node, "hotpluggable");
        one->is_on = node_attribute_is(document, node, "enabled", "yes");
        if (hotpluggable) {
            g_free(one->hotpluggable);
            one->hotpluggable = g_steal_pointer(&hotpluggable);
        }
        lens_number(document, node, "@order", &one->order);
    }
    return all;
}

/* Processor 0 boots the guest. */
static const char *fault_of_first(const Processor *first)
{
    return !first->is_on                                ? "is not on"
           : g_strcmp0(first->hotpluggable, "yes") == 0 ? "is hotpluggable"
           : first->order > 1                           ? "is not the first in order"
                                                        : NULL;
}

/* NULL: nothing is wrong with the order. */
static const char *fault_of_order(const Processor *one, const Processor *before, bool has_order)
{
    if (one->is_on && (one->order != 0) != has_order)
        return "is on with an order, or without one, unlike processor 0";
    if (g_strcmp0(one->hotpluggable, "no") != 0)
        return NULL;
    if (!one->is_on)
        return "is off and not hotpluggable";
    return g_strcmp0(before->hotpluggable, "yes") == 0
               ? "is not hotpluggable, but the one before is"
           : before->order > one->order ? "is not hotpluggable, and not in order"
                                        : NULL;
}

static void rule_vcpu_list(DwRuleContext *context)
{
    DwNode node = lens_find(context->document, context->node, "vcpus/vcpu", NULL);

    if (node == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    g_autoptr(GArray) all = read_processors(context, node);
    const Processor *first = all->len ? &g_array_index(all, Processor, 0) : NULL;
    const char *fault = first ? fault_of_first(first) : NULL;
    if (fault)
        rule_report(context, "vcpu-first", ERROR, "vcpus.vcpu", NULL, NULL,
                    "vcpus.vcpu 0 %s, but the guest boots on it; change that.", fault);
    for (guint i = 1; !fault && i < all->len; i++) {
        const Processor *one = &g_array_index(all, Processor, i);

        fault = fault_of_order(one, one - 1, first->order != 0);
        if (fault)
            rule_report(context, "vcpu-order", ERROR, "vcpus.vcpu", NULL, NULL,
                        "vcpus.vcpu %u %s; change that.", i, fault);
    }
}

static void rule_vcpu_numbers(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode node = lens_find(document, context->node, "vcpus/vcpu", NULL);
    uint64_t n = count_processors(context), number;

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *text = node_attribute(document, node, "id");

        if (text && lens_number(document, node, "@id", &number) && number >= n)
            rule_report(context, "vcpu-list-range", ERROR, "vcpus.vcpu", text, NULL,
                        "vcpus.vcpu %s is there, but vcpu is %u, counted from 0; unset it or raise "
                        "vcpu.",
                        text, (unsigned)n);
    }
}

const DwRule rules_pins[] = {
    {rule_pins, {"vcpupin"}},
    {rule_schedulers, {"vcpusched"}},
    {rule_scheduler_range, {"vcpusched"}},
    {rule_scheduled, {"vcpusched", "iothreadsched"}},
    {rule_pins_once, {"vcpupin", "iothreadpin"}},
    {rule_empty_lists, {"cputune"}},
    {rule_caches, {"cachetune", "memorytune", "energytune"}},
    {rule_shares, {"cachetune", "memorytune"}},
    {rule_vcpu_list, {"vcpus"}},
    {rule_vcpu_numbers, {"vcpus"}},
    {NULL},
};
