/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of the settings only the machine had that a guest was of: features, timers, ports on a bus
 * that there is no more. Which these are is asked of the rules, once the machine is written; parts
 * of its board are machine.c's. Used by apply-edit.c. One document, one thread.
 */
#include "edit/defaults/foreign.h"

#include <string.h>

#include "common/words.h"
#include "edit/defaults/defaults.h"
#include "guest/disk.h"
#include "guest/machine.h"
#include "keys/devices.h"
#include "rules/rules.h"

#define RULE "machine-takes"

/* What goes has others seen that it was hidden behind. */
#define ROUNDS 3

/* The rules on what some machines have, and what goes where one has something to say; keys NULL:
 * what it names. */
static const struct {
    const char *rule;
    const char *keys[3];
} takes[] = {
    {"features-arch", {NULL}},
    {"features-gic", {NULL}},
    {"features-apic", {NULL}},
    {"features-sleep", {NULL}},
    {"features-pmu", {NULL}},
    {"features-tseg-machine", {NULL}},
    {"timer-name", {NULL}},
    {"timer-tickpolicy", {NULL}},
    {"hyperv-arch", {"hyperv.*"}},
    {"cpu-cache-arch", {"cpu.cache.*"}},
    {"cpu-address-arch", {"cpu.maxphysaddr.*"}},
    {"controller-scsi-model", {NULL}},
    {"serial-target-arch", {"target.model", "target.type"}},
    {"serial-target-model", {"target.model", "target.type"}},
    {"device-console-target", {"target.model", "target.type"}},
};

DwOldMachine foreign_before(const DwEditContext *context)
{
    return (DwOldMachine){dw_get_string(context->document, "os.arch"),
                          dw_get_string(context->document, "os.machine")};
}

void foreign_clear(DwOldMachine *before)
{
    g_clear_pointer(&before->arch, g_free);
    g_clear_pointer(&before->machine, g_free);
}

static bool is_other_machine(const DwEditContext *context, const DwOldMachine *before)
{
    g_auto(DwOldMachine) after = foreign_before(context);

    return (before->arch || before->machine) && (g_strcmp0(before->arch, after.arch) != 0 ||
                                                 g_strcmp0(before->machine, after.machine) != 0);
}

static bool is_on_usb(const DwDocument *document, DwNode node)
{
    return node_is(document, node, "hub") || node_is(document, node, "redirdev") ||
           node_attribute_is(document, node, "bus", "usb") ||
           lens_is(document, node, "address/@type", "usb") ||
           (node_is(document, node, "hostdev") &&
            node_attribute_is(document, node, "type", "usb")) ||
           (node_is(document, node, "disk") && g_strcmp0(disk_bus(document, node), "usb") == 0);
}

/* The controller that every machine of x86 has, where nothing is on it and the new machine has no
 * PCI for it. */
static bool is_spare_usb(const DwEditContext *context, DwNode controller)
{
    const DwDocument *document = context->document;
    g_autofree char *arch = dw_get_string(document, "os.arch");

    if (!node_attribute_is(document, controller, "type", "usb") || !arch || guest_has_no_pci(arch))
        return false;
    for (DwNode node = device_next(document, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node))
        if (is_on_usb(document, node))
            return false;
    return true;
}

/* A problem and the device that it is about, or the root. */
typedef struct {
    const DwProblem *problem;
    DwNode node;
} Fault;

static int compare_faults(const void *a, const void *b)
{
    const Fault *one = a, *other = b;

    return (one->node < other->node) - (one->node > other->node);
}

/* The last of the document first: what is taken out of it moves those behind. Devices are looked up
 * together: there may be thousands. */
static GArray *list_faults(const DwDocument *document, const GPtrArray *problems)
{
    g_autoptr(GHashTable) nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GArray *faults = g_array_new(FALSE, FALSE, sizeof(Fault));

    for (DwNode node = device_next(document, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
        g_autofree char *kind = node_name(document, node), *id = device_id(document, node);
        char *name = g_strconcat(kind, "/", id, NULL);
        if (g_hash_table_contains(nodes, name))
            g_free(name);
        else
            g_hash_table_insert(nodes, name, GINT_TO_POINTER(node));
    }
    for (guint i = 0; i < problems->len; i++) {
        Fault fault = {problems->pdata[i], document_root(document)};
        g_autofree char *name = g_strconcat(fault.problem->kind, "/", fault.problem->id, NULL);
        gpointer node;
        if (*fault.problem->kind && !g_hash_table_lookup_extended(nodes, name, NULL, &node))
            continue;
        if (*fault.problem->kind)
            fault.node = GPOINTER_TO_INT(node);
        g_array_append_val(faults, fault);
    }
    g_array_sort(faults, compare_faults);
    return faults;
}

static bool remove_spare(DwEditContext *context, const DwProblem *problem, DwNode node)
{
    if (strcmp(problem->rule, "device-pci") != 0 || strcmp(problem->kind, "controller") != 0 ||
        !is_spare_usb(context, node))
        return false;
    node_remove(context->document, node);
    edit_note(context, RULE, DW_SEVERITY_INFO, problem->kind, problem->id, "",
              "The controller %s is dropped: the new machine has no PCI for it, and nothing is on "
              "it.",
              problem->id);
    return true;
}

/* A group that has a key that is asked for stays, for the rule to refuse. */
static bool is_asked(const DwSettings *values, const DwProblem *problem, const char *key)
{
    size_t length = strlen(key) - (g_str_has_suffix(key, "*") ? 1 : 0);

    for (size_t i = 0; !*problem->kind && i < dw_settings_count(values); i++)
        if (strncmp(dw_settings_key(values, i), key, length) == 0)
            return true;
    return false;
}

static bool drop_key(DwEditContext *context, const DwSettings *values, const Fault *fault,
                     const char *key, bool *ret_dropped, GError **error)
{
    const char *const keys[] = {key, NULL};
    const DwProblem *problem = fault->problem;
    DwNode node = fault->node;

    if (is_asked(values, problem, key))
        return true;
    g_autofree char *was =
        g_str_has_suffix(key, "*")
            ? g_strdup("set")
            : defaults_document_text(context->document, problem->kind, node, key);
    if (!was)
        return true;
    if (!edit_unset(context, problem->kind, node, keys, error))
        return false;
    edit_note(context, RULE, DW_SEVERITY_INFO, problem->kind, problem->id, key,
              "%s was %s and is dropped: the new machine has no such thing.", key, was);
    *ret_dropped = true;
    return true;
}

static bool drop_for(DwEditContext *context, const DwSettings *values, const Fault *fault,
                     bool *ret_dropped, GError **error)
{
    const DwProblem *problem = fault->problem;

    for (size_t i = 0; i < G_N_ELEMENTS(takes); i++) {
        const char *const *keys =
            takes[i].keys[0] ? takes[i].keys : (const char *const[]){problem->key, NULL};

        for (; strcmp(takes[i].rule, problem->rule) == 0 && *keys; keys++)
            if (!drop_key(context, values, fault, *keys, ret_dropped, error))
                return false;
    }
    return true;
}

bool foreign_drop(DwEditContext *context, const DwOldMachine *before, const DwSettings *values,
                  GError **error)
{
    bool dropped = is_other_machine(context, before);

    for (unsigned round = 0; dropped && round < ROUNDS; round++) {
        g_autoptr(GPtrArray) problems =
            rules_validate(context->document, context->host, NULL, NULL);
        g_autoptr(GArray) faults = list_faults(context->document, problems);
        DwNode gone = DW_NODE_NONE;

        dropped = false;
        for (guint i = 0; i < faults->len; i++) {
            const Fault *fault = &g_array_index(faults, Fault, i);

            if (fault->node == gone)
                continue;
            if (remove_spare(context, fault->problem, fault->node)) {
                gone = fault->node;
                dropped = true;
            } else if (!drop_for(context, values, fault, &dropped, error)) {
                return false;
            }
        }
    }
    return true;
}
