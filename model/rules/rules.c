/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the rules over a document and collects what they report: which table of rules goes with
 * which device, and which rules name filters spare. Used by dw_validate and by edits. Any thread,
 * one document at a time.
 */
#include "rules/rules.h"

#include <pthread.h>
#include <string.h>

#include "guest/disk.h"
#include "host/capabilities.h"
#include "keys/devices.h"
#include "problems/problems.h"
#include "rules/changed.h"
#include "rules/facts.h"
#include "rules/tables.h"
#include "table/value-form.h"

/* A table of rules and what it is about: the domain, all devices, or those of one kind. */
typedef struct {
    const DwRule *rules;
    const char *kind; /* of a table about devices; NULL: all */
    bool inside;      /* of a table about the domain: its triggers are names inside <devices> */
    DwNameFilter *triggers; /* of each rule */
} RuleTable;

static RuleTable domain_tables[] = {
    {rules_value},
    {rules_domain},
    {rules_os},
    {rules_clock},
    {rules_hyperv},
    {rules_between, .inside = true},
    {rules_places, .inside = true},
    {rules_drives, .inside = true},
    {rules_host},
    {rules_numa},
    {rules_cells},
    {rules_pins},
    {rules_threads},
    {rules_tune},
    {rules_memory, .inside = true},
    {rules_thread_users, .inside = true},
    {rules_pci, .inside = true},
    {rules_usb, .inside = true},
    {rules_usb_slots, .inside = true},
    {rules_machine, .inside = true},
    {rules_display, .inside = true},
    {rules_hostdev, .inside = true},
};

static RuleTable device_tables[] = {
    {rules_value},
    {rules_device},
    {rules_device_address},
    {rules_options},
    {rules_choices},
    {rules_disk, "disk"},
    {rules_disk_source, "disk"},
    {rules_disk_driver, "disk"},
    {rules_iotune, "disk"},
    {rules_address, "disk"},
    {rules_disk_host, "disk"},
    {rules_channel, "channel"},
    {rules_interface, "interface"},
    {rules_memory_host, "memory"},
    {rules_video_host, "video"},
    {rules_graphics_host, "graphics"},
    {rules_tpm_host, "tpm"},
};

static void read_triggers(RuleTable *table)
{
    size_t n = 0;

    while (table->rules[n].run)
        n++;
    table->triggers = g_new0(DwNameFilter, n);
    for (size_t i = 0; i < n; i++) {
        const char *const *names = table->rules[i].triggers;
        const size_t most = G_N_ELEMENTS(table->rules[i].triggers);

        g_assert(!names[most - 1]);
        for (size_t j = 0; names[j]; j++)
            name_filter_add_name(&table->triggers[i], names[j]);
    }
}

/* Names are made bits once: asking for each by name would cost more than most rules. */
static void read_all_triggers(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(domain_tables); i++)
        read_triggers(&domain_tables[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(device_tables); i++)
        read_triggers(&device_tables[i]);
}

static void run(DwRuleContext *context, const RuleTable *table)
{
    for (size_t i = 0; table->rules[i].run; i++) {
        const DwRule *rule = &table->rules[i];

        if ((*rule->triggers && !context->unfiltered &&
             !name_filters_meet(context->names, &table->triggers[i])) ||
            (context->only && !g_ptr_array_find((GPtrArray *)context->only, rule, NULL)))
            continue;
        context->rule = rule;
        rule->run(context);
    }
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

/* names: of all devices, this one's at `at`; NULL: not known. */
static void check_device(DwRuleContext *context, DwNode node, const GArray *names, guint at)
{
    DwNameFilter own = {{0}};
    g_autofree char *name = node_name(context->document, node);
    const DwGroup *group = *name ? table_group(name) : NULL;
    const char *kind = group ? group->kind : NULL;

    if (!kind || node_is_foreign(context->document, node))
        return;
    rule_look_at(context, kind, node);
    if (names)
        own = g_array_index(names, DwNameFilter, at);
    else
        name_filter_add(context->document, node, &own);
    context->names = &own;
    if (g_str_equal(kind, "disk")) {
        context->bus = disk_bus(context->document, node);
        context->device = device_of_disk(context->document, node);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(device_tables); i++)
        if (!device_tables[i].kind || g_str_equal(device_tables[i].kind, kind))
            run(context, &device_tables[i]);
}

/* What stands in the devices: one entry each, and all together. */
typedef struct {
    GArray *each; /* of DwNameFilter, in the order of the devices */
    DwNameFilter all;
} DeviceNames;

static DeviceNames device_names(const DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DeviceNames names = {g_array_new(false, true, sizeof(DwNameFilter)), {{0}}};

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
        DwNameFilter own = {{0}};

        name_filter_add(document, node, &own);
        g_array_append_val(names.each, own);
        for (size_t i = 0; i < G_N_ELEMENTS(own.bits); i++)
            names.all.bits[i] |= own.bits[i];
    }
    return names;
}

static void check_domain(DwRuleContext *context, const DwNameFilter *devices)
{
    DwNameFilter names = {{0}};

    name_filter_add_but(context->document, document_root(context->document), "devices", &names);
    for (size_t i = 0; i < G_N_ELEMENTS(domain_tables); i++) {
        if (context->changed && domain_tables[i].rules == rules_value)
            continue;
        context->names = domain_tables[i].inside ? devices : &names;
        rule_look_at(context, "", document_root(context->document));
        run(context, &domain_tables[i]);
    }
}

/* Is the device one of the changed ones, which come in their order? */
static bool is_next(const GArray *changed, guint *next, DwNode node)
{
    if (*next == changed->len || g_array_index(changed, DwNode, *next) != node)
        return false;
    ++*next;
    return true;
}

static const DwHost nothing_known;

static void begin(DwRuleContext *context)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, read_all_triggers);
    context->problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    context->facts = facts_new();
    context->kind = "";
    context->node = document_root(context->document);
    if (!context->host)
        context->host = &nothing_known;
    guest_machine_read(context->document, context->host, &context->guest);
}

/* What it is about: a device, or a group of the domain's settings. */
static char *subject_of(const DwProblem *problem)
{
    return *problem->kind ? g_strconcat(problem->kind, "/", problem->id, NULL)
                          : g_strndup(problem->key, strcspn(problem->key, "."));
}

/* Of a device with a word that the host's libvirt has and the table has not, the schema and libvirt
 * have the last word: what rules make of it was written without that. */
static void trust_host(const DwRuleContext *context)
{
    const GPtrArray *problems = context->problems;
    g_autoptr(GHashTable) trusted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; context->host->schema_words && i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        if (problem->severity == DW_SEVERITY_INFO && strcmp(problem->rule, "value") == 0)
            g_hash_table_add(trusted, subject_of(problem));
    }
    for (guint i = 0; g_hash_table_size(trusted) && i < problems->len; i++) {
        DwProblem *problem = problems->pdata[i];
        g_autofree char *subject = subject_of(problem);

        if (problem->severity == DW_SEVERITY_ERROR && g_hash_table_contains(trusted, subject))
            problem->severity = DW_SEVERITY_WARNING;
    }
}

static GPtrArray *validate(DwRuleContext context)
{
    const DwDocument *document = context.document;
    DwNode devices = devices_node(document);
    DeviceNames names = {NULL};
    guint i = 0, next = 0;

    begin(&context);
    context.first_device = devices == DW_NODE_NONE ? devices : node_first_child(document, devices);
    if (context.host->domain_capabilities &&
        domain_capabilities_concern(context.host->domain_capabilities, context.host->capabilities,
                                    document))
        context.offers = context.host->domain_capabilities;
    if (!context.own_only) {
        names = device_names(&context);
        check_domain(&context, &names.all);
    }
    for (DwNode node = rule_device(&context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node), i++)
        if (!context.changed || is_next(context.changed, &next, node))
            check_device(&context, node, names.each, i);
    trust_host(&context);
    g_free(context.found_id);
    facts_free(context.facts);
    g_clear_pointer(&names.each, g_array_unref);
    return context.problems;
}

static const char *const words[] = {"title", "description", NULL};

bool rules_is_words(const char *key)
{
    return g_strv_contains(words, key);
}

GPtrArray *rules_validate_words(const DwDocument *document, const DwHost *host,
                                GPtrArray *reporters)
{
    DwRuleContext context = {.document = document, .host = host, .reporters = reporters};
    DwNameFilter names = {{0}};

    begin(&context);
    context.names = &names;
    for (size_t i = 0; words[i]; i++)
        name_filter_add_name(&names, words[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(domain_tables); i++) {
        const RuleTable *table = &domain_tables[i];

        for (size_t j = 0; !table->inside && table->rules[j].run; j++) {
            const DwRule *rule = &table->rules[j];

            if (*rule->triggers ? !name_filters_meet(&names, &table->triggers[j])
                                : table->rules != rules_value)
                continue;
            context.rule = rule;
            rule->run(&context);
        }
    }
    facts_free(context.facts);
    return context.problems;
}

GPtrArray *dw_validate(const DwDocument *document, const DwHost *host)
{
    return rules_validate(document, host, NULL, NULL);
}

GPtrArray *rules_validate(const DwDocument *document, const DwHost *host, GPtrArray *reporters,
                          const GPtrArray *only)
{
    return validate(
        (DwRuleContext){.document = document, .host = host, .reporters = reporters, .only = only});
}

GPtrArray *rules_validate_edited(const DwDocument *document, const DwDocument *before,
                                 const DwHost *host, GPtrArray *reporters)
{
    return validate((DwRuleContext){
        .document = document, .before = before, .host = host, .reporters = reporters});
}

GPtrArray *rules_validate_changed(const DwDocument *document, const DwDocument *before,
                                  const DwHost *host, GPtrArray *reporters)
{
    g_autoptr(GArray) changed = changed_devices(document, before);

    return validate(
        (DwRuleContext){.document = document,
                        .before = before,
                        .host = host,
                        .reporters = reporters,
                        .changed = changed,
                        .own_only = changed && changed_own_only(changed, document, before)});
}

GPtrArray *rules_validate_unfiltered(const DwDocument *document, const DwHost *host)
{
    return validate((DwRuleContext){.document = document, .host = host, .unfiltered = true});
}
