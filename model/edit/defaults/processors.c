/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt takes from lists of processors, whatever their number says: vcpu.current is how many
 * of <vcpus> are enabled, and a processor in no NUMA cell is in the first. Used by counts.c. One
 * document, one thread.
 */
#include "edit/defaults/processors.h"

#include "edit/defaults/unsaid.h"
#include "keys/lens.h"
#include "rules/context.h"

char *processors_print(const bool *in, unsigned n)
{
    GString *list = g_string_new(NULL);

    for (unsigned first = 0, last; first < n; first = last + 1) {
        last = first;
        if (!in[first])
            continue;
        while (last + 1 < n && in[last + 1])
            last++;
        g_string_append_printf(list, "%s%u", list->len ? "," : "", first);
        if (last > first)
            g_string_append_printf(list, "-%u", last);
    }
    return g_string_free(list, FALSE);
}

static bool number_after(const DwDefaults *defaults, const char *key, uint64_t *ret_n)
{
    g_autofree char *text = defaults_text(defaults, key);

    return text && g_ascii_string_to_unsigned(text, 10, 0, MOST_LISTED - 1, ret_n, NULL);
}

/* ---- The list ---- */

typedef struct {
    uint64_t id, order; /* order 0: it has none */
    bool is_enabled, may_go;
} Processor;

static GArray *read_list(const DwDocument *document, uint64_t limit)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Processor));
    DwNode node = lens_find(document, document_root(document), "vcpus/vcpu", NULL);

    for (; node != DW_NODE_NONE; node = node_next_same(document, node)) {
        Processor processor = {.is_enabled = node_attribute_is(document, node, "enabled", "yes"),
                               .may_go = node_attribute_is(document, node, "hotpluggable", "yes")};

        lens_number(document, node, "@order", &processor.order);
        if (lens_number(document, node, "@id", &processor.id) && processor.id < limit)
            g_array_append_val(list, processor);
    }
    return list;
}

static void enable(const DwDefaults *defaults, const Processor *processor, bool on, uint64_t order)
{
    g_autofree char *key =
        g_strdup_printf("vcpus.vcpu.%" G_GUINT64_FORMAT ".enabled", processor->id);
    g_autofree char *place =
        g_strdup_printf("vcpus.vcpu.%" G_GUINT64_FORMAT ".order", processor->id);

    defaults_take(defaults, "vcpu-list-follows", DW_SEVERITY_INFO, key, dw_value_bool(on),
                  "%s is %s: vcpu.current is how many of the list are enabled.", key,
                  on ? "yes" : "no");
    if (order && !processor->order)
        defaults_take(defaults, "vcpu-list-follows", DW_SEVERITY_INFO, place,
                      dw_value_uint((unsigned)order), "%s is %u, behind the others.", place,
                      (unsigned)order);
}

/* The first that are off go on, the last that may be taken out go off. */
static void enable_as_many(const DwDefaults *defaults, const GArray *list, uint64_t wanted)
{
    uint64_t n = 0, last_order = 0;

    for (guint i = 0; i < list->len; i++) {
        const Processor *processor = &g_array_index(list, Processor, i);
        n += processor->is_enabled;
        last_order = MAX(last_order, processor->order);
    }
    for (guint i = 0; i < list->len && n < wanted; i++) {
        const Processor *processor = &g_array_index(list, Processor, i);
        if (processor->is_enabled)
            continue;
        enable(defaults, processor, true, last_order ? ++last_order : 0);
        n++;
    }
    for (guint i = list->len; i > 0 && n > wanted; i--) {
        const Processor *processor = &g_array_index(list, Processor, i - 1);
        if (!processor->is_enabled || !processor->may_go)
            continue;
        enable(defaults, processor, false, 0);
        n--;
    }
    if (n != wanted)
        defaults_say(defaults, "vcpu-list-follows", DW_SEVERITY_WARNING, "vcpu.current",
                     "vcpu.current cannot be %u, but is %u: no more of the list of virtual "
                     "processors can be plugged in or out.",
                     (unsigned)wanted, (unsigned)n);
}

/* Does an edit of the call say itself which are enabled? */
static bool is_listed_by_edits(const DwDefaults *defaults)
{
    const GPtrArray *edits = defaults->context->edits;

    for (guint i = 0; edits && i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        for (size_t j = 0; !*edit->kind && j < dw_settings_count(edit->values); j++)
            if (g_str_has_prefix(dw_settings_key(edit->values, j), "vcpus."))
                return true;
    }
    return false;
}

static void change_list(const DwDefaults *defaults)
{
    bool is_gone = defaults_gone(defaults, "vcpu.current") != NULL;
    uint64_t all, wanted;

    if ((!is_gone && !defaults_asked(defaults, "vcpu.current")) || is_listed_by_edits(defaults) ||
        !number_after(defaults, "vcpu", &all))
        return;
    g_autoptr(GArray) list = read_list(defaults->context->document, all);
    if (list->len > 0 && (is_gone || number_after(defaults, "vcpu.current", &wanted)))
        enable_as_many(defaults, list, is_gone ? all : wanted);
}

/* ---- The cells ---- */

static void fill_first_cell(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    DwNode first = lens_find(document, document_root(document), "cpu/numa/cell[@id='0']", NULL);
    DwNode cell = lens_find(document, document_root(document), "cpu/numa/cell", NULL);
    bool own[MOST_LISTED] = {false}, in[MOST_LISTED], some[MOST_LISTED] = {false};
    bool is_more = false;
    uint64_t n;

    if (first == DW_NODE_NONE || !defaults_changed(defaults, "vcpu") ||
        defaults_asked_any(defaults, "cpu.numa.") || !defaults_for_qemu(defaults) ||
        !number_after(defaults, "vcpu", &n))
        return;
    for (; cell != DW_NODE_NONE; cell = node_next_same(document, cell)) {
        g_autofree char *list = node_attribute(document, cell, "cpus");
        rule_read_list(list ? list : "", in, MOST_LISTED);
        for (unsigned i = 0; i < MOST_LISTED; i++) {
            some[i] |= in[i];
            own[i] |= cell == first && in[i];
        }
    }
    for (unsigned i = 0; i < n; i++)
        if (!some[i])
            own[i] = is_more = true;
    if (!is_more)
        return;
    g_autofree char *list = processors_print(own, (unsigned)n);
    defaults_take(
        defaults, "vcpu-cells-follow", DW_SEVERITY_INFO, "cpu.numa.cell.0.cpus",
        dw_value_string(list),
        "cpu.numa.cell.0.cpus is %s: libvirt puts processors that are in no cell into the "
        "first.",
        list);
}

/* Processors that go leave their cells; the rules tell of a cell that would have none left. */
static void shorten_cells(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    DwNode cell = lens_find(document, document_root(document), "cpu/numa/cell", NULL);
    uint64_t n;

    if (!defaults_changed(defaults, "vcpu") || defaults_asked_any(defaults, "cpu.numa.") ||
        !defaults_for_qemu(defaults) || !number_after(defaults, "vcpu", &n))
        return;
    for (unsigned i = 0; cell != DW_NODE_NONE; i++, cell = node_next_same(document, cell)) {
        g_autofree char *id = node_attribute(document, cell, "id");
        g_autofree char *key = id ? g_strdup_printf("cpu.numa.cell.%s.cpus", id)
                                  : g_strdup_printf("cpu.numa.cell.%u.cpus", i);
        g_autofree char *list = node_attribute(document, cell, "cpus");
        bool in[MOST_LISTED];

        rule_read_list(list ? list : "", in, MOST_LISTED);
        g_autofree char *all = processors_print(in, MOST_LISTED);
        g_autofree char *left = processors_print(in, (unsigned)n);
        if (*left && !g_str_equal(left, all))
            defaults_take(defaults, "vcpu-cells-follow", DW_SEVERITY_INFO, key,
                          dw_value_string(left), "%s is %s: vcpu is %u now, counted from 0.", key,
                          left, (unsigned)n);
    }
}

void defaults_for_processors(const DwDefaults *defaults)
{
    /* Of a running domain libvirt does it itself. */
    if (defaults->context->flags & DW_APPLY_RUNNING)
        return;
    change_list(defaults);
    shorten_cells(defaults);
    fill_first_cell(defaults);
}
