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

static DwNode find(const DwEditContext *context, const DwProblem *problem)
{
    return *problem->kind ? device_find(context->document, problem->kind, problem->id, NULL)
                          : document_root(context->document);
}

static bool remove_spare(DwEditContext *context, const DwProblem *problem)
{
    DwNode node =
        strcmp(problem->rule, "device-pci") == 0 && strcmp(problem->kind, "controller") == 0
            ? find(context, problem)
            : DW_NODE_NONE;

    if (node == DW_NODE_NONE || !is_spare_usb(context, node))
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

static bool drop_key(DwEditContext *context, const DwSettings *values, const DwProblem *problem,
                     const char *key, bool *ret_dropped, GError **error)
{
    const char *const keys[] = {key, NULL};
    DwNode node = find(context, problem);

    if (node == DW_NODE_NONE || is_asked(values, problem, key))
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

static bool drop_for(DwEditContext *context, const DwSettings *values, const DwProblem *problem,
                     bool *ret_dropped, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(takes); i++) {
        const char *const *keys =
            takes[i].keys[0] ? takes[i].keys : (const char *const[]){problem->key, NULL};

        for (; strcmp(takes[i].rule, problem->rule) == 0 && *keys; keys++)
            if (!drop_key(context, values, problem, *keys, ret_dropped, error))
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

        dropped = false;
        for (guint i = 0; i < problems->len; i++) {
            const DwProblem *problem = problems->pdata[i];

            if (remove_spare(context, problem))
                dropped = true;
            else if (!drop_for(context, values, problem, &dropped, error))
                return false;
        }
    }
    return true;
}
