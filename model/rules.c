/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the rules over a document and collects what they report. It knows which table of rules goes
 * with which device, and nothing of what a rule looks at.
 */
#include "rules.h"

#include <string.h>

#include "capabilities.h"
#include "devices.h"
#include "forms.h"

static const struct {
    const DwRule *rules;
    bool inside; /* their triggers are names inside <devices> */
} domain_tables[] = {
    {rules_value, false},  {rules_domain, false}, {rules_os, false},    {rules_clock, false},
    {rules_hyperv, false}, {rules_between, true}, {rules_places, true}, {rules_host, false},
};

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

/* Values are shown as they are found, but a sentence must stay one. */
static char *shorten(char *message)
{
    enum { MOST = 600 };

    if (strlen(message) <= MOST)
        return message;
    *g_utf8_find_prev_char(message, message + MOST) = 0;
    char *cut = g_strconcat(message, "….", NULL);
    g_free(message);
    return cut;
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
    problem->message = shorten(g_strdup_vprintf(format, arguments));
    va_end(arguments);
    g_ptr_array_add(context->problems, problem);
    if (context->reporters && !g_ptr_array_find(context->reporters, context->rule, NULL))
        g_ptr_array_add(context->reporters, (gpointer)context->rule);
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

bool rule_size(const DwRuleContext *context, const char *element, uint64_t *ret_bytes)
{
    DwNode root = document_root(context->document);
    g_autofree char *unit = rule_attribute(context, root, element, "unit");
    uint64_t factor = unit_factor(unit);

    return lens_number(context->document, root, element, ret_bytes) && factor &&
           !__builtin_mul_overflow(*ret_bytes, factor, ret_bytes);
}

DwNode rule_device(const DwRuleContext *context, const char *kind, DwNode node)
{
    if (node != DW_NODE_NONE)
        return device_next(context->document, kind, node);
    node = context->first_device;
    if (node == DW_NODE_NONE || device_is(context->document, node, kind))
        return node;
    return device_next(context->document, kind, node);
}

bool rule_has_two(const DwRuleContext *context, const char *kind)
{
    DwNode first = rule_device(context, kind, DW_NODE_NONE);

    return first != DW_NODE_NONE && rule_device(context, kind, first) != DW_NODE_NONE;
}

void rule_look_at(DwRuleContext *context, const char *kind, DwNode node)
{
    g_clear_pointer(&context->found_id, g_free);
    context->id = NULL;
    context->kind = kind;
    context->node = node;
}

bool rule_may(const DwRuleContext *context, const char *name)
{
    return names_may_have(context->names, name, strlen(name));
}

static bool is_triggered(const DwRuleContext *context, const DwRule *rule)
{
    if (!*rule->triggers)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(rule->triggers) && rule->triggers[i]; i++)
        if (rule_may(context, rule->triggers[i]))
            return true;
    return false;
}

static void run(DwRuleContext *context, const DwRule *rules)
{
    for (; rules->run; rules++)
        if ((!context->only || g_ptr_array_find((GPtrArray *)context->only, rules, NULL)) &&
            is_triggered(context, rules)) {
            context->rule = rules;
            rules->run(context);
        }
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
    /* Hyper-V itself; with an emulator it is QEMU on Hyper-V. */
    if (type && g_str_equal(type, "hyperv"))
        context->is_qemu =
            lens_find(context->document, context->node, "devices/emulator", NULL) != DW_NODE_NONE;
    look_at_machine(context);
}

static const char *device_of_disk(const DwDocument *document, DwNode disk)
{
    static const char *const devices[] = {"disk", "cdrom", "floppy", "lun"};
    g_autofree char *device = node_attribute(document, disk, "device");

    for (size_t i = 0; device && i < G_N_ELEMENTS(devices); i++)
        if (g_str_equal(device, devices[i]))
            return devices[i];
    return device ? "" : "disk";
}

static void check_device(DwRuleContext *context, const char *kind, DwNode node,
                         const DwNames *names)
{
    rule_look_at(context, kind, node);
    context->names = names;
    run(context, rules_value);
    if (g_str_equal(kind, "disk")) {
        context->bus = disk_bus(context->document, node);
        context->device = device_of_disk(context->document, node);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(device_tables); i++)
        if (g_str_equal(device_tables[i].kind, kind))
            run(context, device_tables[i].rules);
}

/* What stands in the devices: one entry each, and all together. */
typedef struct {
    GArray *each; /* of DwNames, in the order of the devices */
    DwNames all;
} DeviceNames;

static DeviceNames device_names(const DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DeviceNames names = {g_array_new(false, true, sizeof(DwNames)), {{0}}};

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
        DwNames own = {{0}};

        node_add_names(document, node, &own);
        g_array_append_val(names.each, own);
        for (size_t i = 0; i < G_N_ELEMENTS(own.bits); i++)
            names.all.bits[i] |= own.bits[i];
    }
    return names;
}

static void check_domain(DwRuleContext *context, const DwNames *devices)
{
    DwNames names = {{0}};

    node_add_names_but(context->document, document_root(context->document), "devices", &names);
    for (size_t i = 0; i < G_N_ELEMENTS(domain_tables); i++) {
        context->names = domain_tables[i].inside ? devices : &names;
        rule_look_at(context, "", document_root(context->document));
        run(context, domain_tables[i].rules);
    }
}

GPtrArray *rules_validate(const DwDocument *document, const DwHost *host, GPtrArray *reporters,
                          const GPtrArray *only)
{
    static const DwHost nothing_known;
    DwRuleContext context = {.document = document,
                             .host = host ? host : &nothing_known,
                             .problems =
                                 g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free),
                             .kind = "",
                             .node = document_root(document),
                             .reporters = reporters,
                             .only = only};
    DeviceNames names;
    guint i = 0;

    DwNode devices = devices_node(document);

    context.first_device = devices == DW_NODE_NONE ? devices : node_first_child(document, devices);
    names = device_names(&context);
    look_at_domain(&context);
    if (context.host->domain_capabilities &&
        host_offers_concern(context.host->domain_capabilities, context.host->capabilities,
                            document))
        context.offers = context.host->domain_capabilities;
    check_domain(&context, &names.all);
    for (DwNode node = rule_device(&context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node), i++)
        for (const DwGroup *group = table_groups(); group->kind; group++)
            if (*group->kind && node_is(document, node, group->kind))
                check_device(&context, group->kind, node, &g_array_index(names.each, DwNames, i));
    g_free(context.found_id);
    g_array_unref(names.each);
    return context.problems;
}

GPtrArray *dw_validate(const DwDocument *document, const DwHost *host)
{
    return rules_validate(document, host, NULL, NULL);
}
