/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what NUMA cells say of each other: numbers, distances, caches, speeds, and the memory of
 * the host bound to them. That cells are there at all is in numa.c. Run once for each document.
 */
#include <string.h>

#include "rules/tables.h"

#define ERROR DW_SEVERITY_ERROR

#define CELL "cpu/numa/cell"
/* More than any machine has. */
#define MAX_PROCESSORS 1024

/* The number of a cell; one without stands for its position. */
static uint64_t cell_number(const DwRuleContext *context, DwNode cell, uint64_t position)
{
    uint64_t number = position;

    lens_number(context->document, cell, "@id", &number);
    return number;
}

/* Adds the cell to a table of numbers; false: there is one of that number. */
static bool add_cell(GHashTable *cells, uint64_t number, DwNode cell)
{
    if (g_hash_table_contains(cells, &number))
        return false;
    g_hash_table_insert(cells, g_memdup2(&number, sizeof number), GINT_TO_POINTER(cell));
    return true;
}

/* Number -> the first cell that has it. */
static GHashTable *read_cells(const DwRuleContext *context)
{
    const DwDocument *document = context->document;
    GHashTable *cells = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    DwNode cell = lens_find(document, context->node, CELL, NULL);

    for (uint64_t i = 0; cell != DW_NODE_NONE; cell = node_next_same(document, cell), i++)
        add_cell(cells, cell_number(context, cell, i), cell);
    return cells;
}

static DwNode find_cell(GHashTable *cells, uint64_t number)
{
    gpointer cell;

    return g_hash_table_lookup_extended(cells, &number, NULL, &cell) ? GPOINTER_TO_INT(cell)
                                                                     : DW_NODE_NONE;
}

static void rule_numbers(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    DwNode cell = lens_find(document, context->node, CELL, NULL);

    for (uint64_t i = 0; cell != DW_NODE_NONE; cell = node_next_same(document, cell), i++) {
        uint64_t number = cell_number(context, cell, i);
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)number);

        if (!add_cell(seen, number, cell))
            rule_report(context, "numa-cell-unique", ERROR, "cpu.numa.cell", text, NULL,
                        "cpu.numa.cell %s is there twice; give one of them another number.", text);
    }
}

/* A processor is in one cell. */
static void rule_processors(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode cell = lens_find(document, context->node, CELL, NULL);
    bool taken[MAX_PROCESSORS] = {false};

    for (uint64_t i = 0; cell != DW_NODE_NONE; cell = node_next_same(document, cell), i++) {
        g_autofree char *cpus = node_attribute(document, cell, "cpus");
        bool own[MAX_PROCESSORS];
        size_t at = 0;

        if (!cpus)
            continue;
        rule_read_list(cpus, own, MAX_PROCESSORS);
        while (at < MAX_PROCESSORS && !(own[at] && taken[at]))
            at++;
        if (at < MAX_PROCESSORS) {
            g_autofree char *key = g_strdup_printf("cpu.numa.cell.%" G_GUINT64_FORMAT ".cpus",
                                                   (guint64)cell_number(context, cell, i));

            rule_report(context, "numa-cell-cpus", ERROR, key, cpus, NULL,
                        "%s is %s, but processor %u is in another cell already; give it to one.",
                        key, cpus, (unsigned)at);
        }
        for (at = 0; at < MAX_PROCESSORS; at++)
            taken[at] |= own[at];
    }
}

/* A cell is 10 from itself and more from others. */
static void check_distances(DwRuleContext *context, DwNode cell, uint64_t own)
{
    const DwDocument *document = context->document;
    DwNode sibling = lens_find(document, cell, "distances/sibling", NULL);

    for (; sibling != DW_NODE_NONE; sibling = node_next_same(document, sibling)) {
        uint64_t other, value;

        if (!lens_number(document, sibling, "@id", &other) ||
            !lens_number(document, sibling, "@value", &value) || (other == own) == (value == 10))
            continue;
        g_autofree char *key = g_strdup_printf("cpu.numa.cell.%u.distances.sibling.%u.value",
                                               (unsigned)own, (unsigned)other);
        g_autofree char *text = g_strdup_printf("%u", (unsigned)value);
        rule_report(context, "numa-distance", ERROR, key, text, NULL,
                    "%s is %s; a cell is 10 from itself, and 11 or more from others.", key, text);
    }
}

static void check_cell_caches(DwRuleContext *context, DwNode cell, uint64_t own)
{
    const DwDocument *document = context->document;
    uint64_t seen = 0, level;

    for (DwNode cache = node_child(document, cell, "cache"); cache != DW_NODE_NONE;
         cache = node_next_same(document, cache)) {
        if (!lens_number(document, cache, "@level", &level) || level > 63)
            continue;
        if (seen & UINT64_C(1) << level) {
            g_autofree char *key =
                g_strdup_printf("cpu.numa.cell.%u.cache.%u", (unsigned)own, (unsigned)level);
            rule_report(context, "numa-cache-unique", ERROR, key, NULL, NULL,
                        "%s is there twice; a cell has one cache of each level.", key);
        }
        seen |= UINT64_C(1) << level;
    }
}

static void rule_inside_cells(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode cell = lens_find(document, context->node, CELL, NULL);

    for (uint64_t i = 0; cell != DW_NODE_NONE; cell = node_next_same(document, cell), i++) {
        uint64_t own = cell_number(context, cell, i);

        check_distances(context, cell, own);
        check_cell_caches(context, cell, own);
    }
}

/* ---- Interconnects ---- */

static bool has_cache(const DwRuleContext *context, DwNode cell, uint64_t wanted)
{
    uint64_t level;

    for (DwNode cache = node_child(context->document, cell, "cache"); cache != DW_NODE_NONE;
         cache = node_next_same(context->document, cache))
        if (lens_number(context->document, cache, "@level", &level) && level == wanted)
            return true;
    return false;
}

/* What is wrong with the speed between two cells, or NULL. */
static const char *fault_of_speed(const DwRuleContext *context, GHashTable *cells, DwNode speed)
{
    const DwDocument *document = context->document;
    uint64_t from, to, cache;

    if (!lens_number(document, speed, "@initiator", &from) ||
        !lens_number(document, speed, "@target", &to))
        return NULL;
    DwNode initiator = find_cell(cells, from), target = find_cell(cells, to);
    if (initiator == DW_NODE_NONE || target == DW_NODE_NONE)
        return "is for a cell that is not there";
    if (!rule_has(context, initiator, "cpus") && from != 0) /* the first gets those that are left */
        return "is for an initiator without processors";
    if (lens_number(document, speed, "@cache", &cache) && cache &&
        !has_cache(context, target, cache))
        return "is for a cache that the target has not";
    return NULL;
}

/* Initiator, target, cache and type: what a speed is for. */
static char *subject_of_speed(const DwRuleContext *context, DwNode speed)
{
    static const char *const names[] = {"initiator", "target", "cache", "type"};
    GString *subject = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = node_attribute(context->document, speed, names[i]);
        g_string_append_printf(subject, "%s/", text ? text : "");
    }
    return g_string_free(subject, FALSE);
}

static void check_speeds(DwRuleContext *context, GHashTable *cells, const char *name)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *path = g_strconcat("cpu/numa/interconnects/", name, NULL);
    DwNode speed = lens_find(document, context->node, path, NULL);

    for (unsigned i = 1; speed != DW_NODE_NONE; speed = node_next_same(document, speed), i++) {
        const char *fault = fault_of_speed(context, cells, speed);

        if (!g_hash_table_add(seen, subject_of_speed(context, speed)) && !fault)
            fault = "is there twice";
        if (!fault)
            continue;
        g_autofree char *key = g_strdup_printf("cpu.numa.interconnects.%s.%u", name, i);
        rule_report(context, "numa-interconnect", ERROR, key, NULL, NULL,
                    "%s %s; change or unset it.", key, fault);
    }
}

static void rule_interconnects(DwRuleContext *context)
{
    g_autoptr(GHashTable) cells = read_cells(context);

    check_speeds(context, cells, "latency");
    check_speeds(context, cells, "bandwidth");
}

/* ---- Memory of the host ---- */

/* Does libvirt place the memory? Where nothing is said it does as with the processors. */
static bool is_placed(const DwRuleContext *context)
{
    g_autofree char *placement = rule_text(context, context->node, "numatune/memory/@placement");
    g_autofree char *nodes = rule_text(context, context->node, "numatune/memory/@nodeset");

    if (placement)
        return g_str_equal(placement, "auto");
    return rule_is(context, context->node, "vcpu/@placement", "auto") && !nodes;
}

static void rule_memnode_numbers(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    DwNode node = lens_find(document, context->node, "numatune/memnode", NULL);

    if (node != DW_NODE_NONE && context->guest.is_qemu && is_placed(context))
        rule_report(context, "numa-memnode-auto", ERROR, "numatune.memory.placement", "auto", NULL,
                    "numatune.memory.placement is auto, which does not go with "
                    "numatune.memnode; unset one of them.");
    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        g_autofree char *text = node_attribute(document, node, "cellid");
        uint64_t id;

        if (text && lens_number(document, node, "@cellid", &id) &&
            !g_hash_table_add(seen, GSIZE_TO_POINTER((gsize)id)))
            rule_report(context, "numa-memnode-unique", ERROR, "numatune.memnode", text, NULL,
                        "numatune.memnode %s is there twice; remove one.", text);
    }
}

const DwRule rules_cells[] = {
    {rule_numbers, {"numa"}},
    {rule_processors, {"cpus"}},
    {rule_inside_cells, {"distances", "cache"}},
    {rule_interconnects, {"interconnects"}},
    {rule_memnode_numbers, {"memnode"}},
    {NULL},
};
