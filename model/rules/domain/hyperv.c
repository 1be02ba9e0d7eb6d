/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on Hyper-V enlightenments: what each needs, and the texts and numbers they carry. Run once
 * for each document.
 */
#include "rules/tables.h"

#include <string.h>

#include "guest/hyperv-features.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

#define LEAST_RETRIES 4095

#define LONGEST_VENDOR 12 /* bytes */

static DwNode hyperv_node(const DwDocument *document)
{
    return lens_find(document, document_root(document), "features/hyperv", NULL);
}

/* QEMU checks what a feature needs for machines newer than 3.0. */
static bool is_old_machine(const DwRuleContext *context)
{
    g_autofree char *machine =
        lens_text(context->document, context->node, "os/type/@machine", NULL);
    const char *dash = machine ? strrchr(machine, '-') : NULL;
    guint64 major, minor;
    const char *dot;

    if (!dash || !g_ascii_isdigit(dash[1]))
        return false;
    major = g_ascii_strtoull(dash + 1, (char **)&dot, 10);
    minor = *dot == '.' ? g_ascii_strtoull(dot + 1, NULL, 10) : 0;
    return major < 3 || (major == 3 && minor == 0);
}

static void rule_dependencies(DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;
    /* Older ones define it, and leave it to QEMU. */
    DwSeverity severity = version >= 11009000 && !is_old_machine(context) ? ERROR : WARNING;

    if (hyperv_node(context->document) == DW_NODE_NONE)
        return;
    for (const DwHypervFeature *feature = hyperv_features; feature->name; feature++) {
        g_autofree char *key = g_strconcat("hyperv.", feature->name, NULL);

        if (!*feature->needs || !hyperv_is_on(context->document, feature->name))
            continue;
        for (const char *const *need = feature->needs; *need; need++) {
            bool is_timer = g_str_equal(*need, "hypervclock");
            g_autofree char *missing = is_timer ? g_strdup("clock.timer.hypervclock.present")
                                                : g_strconcat("hyperv.", *need, NULL);

            /* libvirt 12.0 found that QEMU does without this one. */
            bool is_lax = version >= 12000000 && g_str_equal(feature->name, "synic") &&
                          g_str_equal(*need, "vpindex");

            if (!hyperv_is_on(context->document, *need))
                rule_report(context, "hyperv-dependency", is_lax ? WARNING : severity, key, "yes",
                            NULL,
                            "%s is on, but needs %s, which is not; turn that on too, or this off.",
                            key, missing);
        }
    }
}

static void rule_spinlocks(DwRuleContext *context)
{
    DwNode hyperv = hyperv_node(context->document);
    g_autofree char *retries = NULL;
    bool is_on;

    if (hyperv == DW_NODE_NONE ||
        node_child(context->document, hyperv, "spinlocks") == DW_NODE_NONE)
        return;
    is_on = hyperv_is_on(context->document, "spinlocks");
    retries = lens_text(context->document, hyperv, "spinlocks/@retries", NULL);
    if (is_on && !retries && context->host->libvirt_version < 11009000)
        rule_report(
            context, "hyperv-spinlocks-retries", ERROR, "hyperv.spinlocks.retries", NULL, NULL,
            "hyperv.spinlocks.retries is missing; hyperv.spinlocks needs it. 8191 is usual.");
    uint64_t number = retries ? g_ascii_strtoull(retries, NULL, 10) : LEAST_RETRIES;
    if (is_on && (number < LEAST_RETRIES || number > UINT32_MAX))
        rule_report(context, "hyperv-spinlocks-retries", ERROR, "hyperv.spinlocks.retries", retries,
                    NULL, "hyperv.spinlocks.retries is %s; it must be from %u to %u.", retries,
                    LEAST_RETRIES, UINT32_MAX);
    if (!is_on && retries)
        rule_report(
            context, "hyperv-spinlocks-off", WARNING, "hyperv.spinlocks.retries", retries, NULL,
            "hyperv.spinlocks.retries is %s, but hyperv.spinlocks is off and libvirt drops it; "
            "unset it.",
            retries);
}

static void rule_vendor(DwRuleContext *context)
{
    DwNode hyperv = hyperv_node(context->document);
    g_autofree char *vendor = NULL;

    if (hyperv == DW_NODE_NONE ||
        node_child(context->document, hyperv, "vendor_id") == DW_NODE_NONE)
        return;
    vendor = lens_text(context->document, hyperv, "vendor_id/@value", NULL);
    if (!hyperv_is_on(context->document, "vendor_id")) {
        if (vendor)
            rule_report(context, "hyperv-vendor-off", WARNING, "hyperv.vendor_id.value", vendor,
                        NULL,
                        "hyperv.vendor_id.value is \"%s\", but hyperv.vendor_id is off and libvirt "
                        "drops it; unset it.",
                        vendor);
        return;
    }
    if (!vendor)
        rule_report(context, "hyperv-vendor-value", ERROR, "hyperv.vendor_id.value", NULL, NULL,
                    "hyperv.vendor_id.value is missing; hyperv.vendor_id needs it.");
    else if (strlen(vendor) > LONGEST_VENDOR)
        rule_report(context, "hyperv-vendor-length", ERROR, "hyperv.vendor_id.value", vendor, NULL,
                    "hyperv.vendor_id.value is \"%s\", %zu bytes long; %d is the most.", vendor,
                    strlen(vendor), LONGEST_VENDOR);
    else if (strchr(vendor, ','))
        rule_report(context, "hyperv-vendor-comma", ERROR, "hyperv.vendor_id.value", vendor, NULL,
                    "hyperv.vendor_id.value is \"%s\"; it must not hold a comma.", vendor);
}

/* With the signature alone there is nothing for the guest to find behind it. */
static void rule_vendor_alone(DwRuleContext *context)
{
    if (!hyperv_is_on(context->document, "vendor_id"))
        return;
    for (const DwHypervFeature *feature = hyperv_features; feature->name; feature++)
        if (!g_str_equal(feature->name, "vendor_id") &&
            hyperv_is_on(context->document, feature->name))
            return;
    rule_report(
        context, "hyperv-vendor-alone", WARNING, "hyperv.vendor_id", "yes", NULL,
        "hyperv.vendor_id is on without any other feature and has no effect; turn another on.");
}

static void rule_mode(DwRuleContext *context)
{
    DwNode hyperv = hyperv_node(context->document);
    g_autofree char *mode =
        hyperv == DW_NODE_NONE ? NULL : node_attribute(context->document, hyperv, "mode");

    if (!mode || node_first_child(context->document, hyperv) == DW_NODE_NONE)
        return;
    if (g_str_equal(mode, "passthrough"))
        rule_report(context, "hyperv-mode-features", ERROR, "hyperv.mode", mode, NULL,
                    "hyperv.mode is passthrough, which takes every feature the host has; unset the "
                    "single features, or use mode custom.");
    else if (g_str_equal(mode, "host-model") && context->host->libvirt_version < 12001000)
        rule_report(
            context, "hyperv-mode-features", context->host->libvirt_version ? ERROR : WARNING,
            "hyperv.mode", mode, NULL,
            "hyperv.mode is host-model, which takes single features only since libvirt 12.1; "
            "unset them, or use mode custom.");
}

static void rule_machine(DwRuleContext *context)
{
    DwNode hyperv = hyperv_node(context->document);
    g_autofree char *arch = lens_text(context->document, context->node, "os/type/@arch", NULL);

    if (hyperv == DW_NODE_NONE || !context->guest.is_qemu)
        return;
    if (context->guest.is_other && !context->guest.is_arm)
        rule_report(context, "hyperv-arch", ERROR, "hyperv", arch, NULL,
                    "hyperv is set, but machines of %s have none; unset hyperv.*.", arch);
    else if (node_attribute_is(context->document, context->node, "type", "qemu"))
        rule_report(
            context, "hyperv-emulated", WARNING, "type", "qemu", NULL,
            "type is qemu, but the hyperv features need kvm to start; use type kvm or unset "
            "hyperv.*.");
}

static void check_child(DwRuleContext *context, DwNode node, GHashTable *seen)
{
    g_autofree char *name = node_name(context->document, node);
    g_autofree char *key = g_strconcat("hyperv.", name, NULL);

    if (!rule_has(context, node, "state"))
        rule_report(context, "hyperv-state", ERROR, key, NULL, NULL,
                    "%s is there without a state; set it to yes or no.", key);
    if (!g_hash_table_add(seen, g_strdup(name)))
        rule_report(context, "hyperv-once", ERROR, key, NULL, NULL,
                    "%s is there twice; remove one.", key);
    for (DwNode child = node_first_child(context->document, node); child != DW_NODE_NONE;
         child = node_next(context->document, child)) {
        g_autofree char *inner = node_name(context->document, child);
        g_autofree char *inner_key = g_strconcat(key, ".", inner, NULL);

        if (!node_attribute_is(context->document, node, "state", "on"))
            rule_report(context, "hyperv-parent-off", WARNING, inner_key, NULL, NULL,
                        "%s is set, but %s is off and libvirt drops it; unset it.", inner_key, key);
    }
}

static void rule_children(DwRuleContext *context)
{
    DwNode hyperv = hyperv_node(context->document);
    g_autoptr(GHashTable) seen = NULL;

    if (hyperv == DW_NODE_NONE)
        return;
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (DwNode node = node_first_child(context->document, hyperv); node != DW_NODE_NONE;
         node = node_next(context->document, node))
        check_child(context, node, seen);
}

const DwRule rules_hyperv[] = {
    {rule_dependencies, {"hyperv"}}, {rule_spinlocks, {"hyperv"}},
    {rule_vendor, {"hyperv"}},       {rule_vendor_alone, {"hyperv"}},
    {rule_mode, {"hyperv"}},         {rule_machine, {"hyperv"}},
    {rule_children, {"hyperv"}},     {NULL},
};
