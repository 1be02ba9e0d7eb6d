/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the rules over a document and collects what they report. It knows which table of rules goes
 * with which device, and nothing of what a rule looks at.
 */
#include "rules.h"

#include <string.h>

#include "capabilities.h"
#include "devices.h"

static const DwRule *const domain_tables[] = {rules_value,  rules_domain, rules_os,
                                              rules_clock,  rules_hyperv, rules_between,
                                              rules_places, rules_host};

static const struct {
    const char *kind;
    const DwRule *rules;
} device_tables[] = {
    {"disk", rules_disk},       {"disk", rules_disk_source}, {"disk", rules_disk_driver},
    {"disk", rules_iotune},     {"disk", rules_address},     {"disk", rules_disk_host},
    {"channel", rules_channel},
};

void dw_problem_free(DwProblem *problem)
{
    if (!problem)
        return;
    g_free(problem->rule);
    g_free(problem->key);
    g_free(problem->kind);
    g_free(problem->id);
    g_free(problem->value);
    g_free(problem->message);
    g_strfreev(problem->allowed);
    g_free(problem);
}

const char *dw_severity_name(DwSeverity severity)
{
    switch (severity) {
    case DW_SEVERITY_ERROR:
        return "error";
    case DW_SEVERITY_WARNING:
        return "warning";
    case DW_SEVERITY_INFO:
        return "info";
    }
    return "error";
}

void rule_report(DwRuleContext *context, const char *rule, DwSeverity severity, const char *key,
                 const char *value, const char *const *allowed, const char *format, ...)
{
    static const char *const none[] = {NULL};
    DwProblem *problem = g_new0(DwProblem, 1);
    va_list arguments;

    if (!context->id && *context->kind)
        context->id = context->found_id = device_id(context->document, context->node);
    problem->rule = g_strdup(rule);
    problem->severity = severity;
    problem->key = g_strdup(key);
    problem->kind = g_strdup(context->kind);
    problem->id = g_strdup(context->id ? context->id : "");
    problem->value = g_strdup(value ? value : "");
    problem->allowed = g_strdupv((char **)(allowed ? allowed : none));
    va_start(arguments, format);
    problem->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(context->problems, problem);
}

bool rule_has(const DwRuleContext *context, DwNode node, const char *attribute)
{
    g_autofree char *value = node_attribute(context->document, node, attribute);

    return value != NULL;
}

char *rule_attribute(const DwRuleContext *context, DwNode node, const char *child,
                     const char *attribute)
{
    DwNode found = node_child(context->document, node, child);

    return found == DW_NODE_NONE ? NULL : node_attribute(context->document, found, attribute);
}

bool rule_setting(const DwRuleContext *context, const char *key, uint64_t *ret_number)
{
    DwPlace place;
    DwValue value;

    if (!place_find("", key, &place) ||
        !place_get(context->document, document_root(context->document), &place, &value))
        return false;
    bool is_number = value.type == DW_VALUE_UINT || value.type == DW_VALUE_UINT64;
    if (is_number)
        *ret_number = value.u;
    dw_value_clear(&value);
    return is_number;
}

void rule_look_at(DwRuleContext *context, const char *kind, DwNode node)
{
    g_clear_pointer(&context->found_id, g_free);
    context->id = NULL;
    context->kind = kind;
    context->node = node;
}

static void run(DwRuleContext *context, const DwRule *rules)
{
    for (; *rules; rules++)
        (*rules)(context);
}

/* The machine's family, by the names QEMU gives: "pc-q35-7.2", "pc-i440fx-7.2", "pc", "virt-7.2".
 */
static void look_at_machine(DwRuleContext *context)
{
    g_autofree char *machine =
        lens_text(context->document, context->node, "os/type/@machine", NULL);
    g_autofree char *stated = lens_text(context->document, context->node, "os/type/@arch", NULL);
    const DwCapabilities *capabilities = context->host->capabilities;
    const char *arch = stated ? stated : capabilities ? capabilities_host_arch(capabilities) : NULL;

    context->is_x86 = arch && (g_str_equal(arch, "x86_64") || g_str_equal(arch, "i686"));
    context->is_other = arch && !context->is_x86;
    if (!machine || !context->is_qemu)
        return;
    context->is_q35 = strstr(machine, "q35") != NULL;
    context->is_pc = g_str_equal(machine, "pc") || g_str_has_prefix(machine, "pc-i440fx") ||
                     g_str_has_prefix(machine, "pc-0.") || g_str_has_prefix(machine, "pc-1.");
    context->is_x86 |= context->is_q35 || context->is_pc;
    context->is_arm = g_str_equal(machine, "virt") || g_str_has_prefix(machine, "virt-");
}

static void look_at_domain(DwRuleContext *context)
{
    static const char *const others[] = {"xen",       "lxc",    "uml", "openvz", "vz",
                                         "parallels", "vmware", "esx", "vbox",   "bhyve",
                                         "phyp",      "user",   "exe", "nlxc",   NULL};
    g_autofree char *type = node_attribute(context->document, context->node, "type");

    context->is_qemu = !type || !g_strv_contains(others, type);
    look_at_machine(context);
}

static void check_device(DwRuleContext *context, const char *kind, DwNode node)
{
    rule_look_at(context, kind, node);
    run(context, rules_value);
    for (size_t i = 0; i < G_N_ELEMENTS(device_tables); i++)
        if (g_str_equal(device_tables[i].kind, kind))
            run(context, device_tables[i].rules);
}

GPtrArray *dw_validate(const DwDocument *document, const DwHost *host)
{
    static const DwHost nothing_known;
    DwRuleContext context = {.document = document,
                             .host = host ? host : &nothing_known,
                             .problems =
                                 g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free),
                             .kind = "",
                             .node = document_root(document)};

    look_at_domain(&context);
    if (context.host->domain_capabilities &&
        host_offers_concern(context.host->domain_capabilities, context.host->capabilities,
                            document))
        context.offers = context.host->domain_capabilities;
    for (size_t i = 0; i < G_N_ELEMENTS(domain_tables); i++) {
        rule_look_at(&context, "", document_root(document));
        run(&context, domain_tables[i]);
    }
    for (DwNode node = device_next(document, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
        g_autofree char *name = node_name(document, node);
        const DwGroup *group = table_group(name);
        if (group)
            check_device(&context, group->kind, node);
    }
    g_free(context.found_id);
    return context.problems;
}
