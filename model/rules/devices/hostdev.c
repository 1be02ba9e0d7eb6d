/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on devices of the host and on kinds of which there is one. Run once for each document. */
#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "keys/devices.h"
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* ---- Host devices ---- */

/* What libvirt knows a host device by; NULL where that is left to the host. */
static char *identity(const DwRuleContext *context, DwNode node)
{
    const DwDocument *document = context->document;
    DwNode source = node_child(document, node, "source");
    DwNode address = source == DW_NODE_NONE ? source : node_child(document, source, "address");
    g_autofree char *type = node_attribute(document, node, "type");
    g_autoptr(GString) out = g_string_new(type);
    static const char *const numbers[] = {"domain", "bus",    "slot", "function",
                                          "device", "target", "unit"};

    if (type && g_str_equal(type, "scsi_host")) {
        g_autofree char *port = rule_text(context, node, "source/@wwpn");

        return port ? g_strconcat("scsi_host ", port, NULL) : NULL;
    }
    if (type && g_str_equal(type, "scsi") &&
        node_attribute_is(document, source, "protocol", "iscsi")) {
        g_autofree char *name = node_attribute(document, source, "name");
        g_autofree char *of = rule_text(context, source, "host/@name");
        g_autofree char *port = rule_text(context, source, "host/@port");

        return g_strjoin(" ", "iscsi", name ? name : "", of ? of : "", port ? port : "", NULL);
    }
    if (!type || address == DW_NODE_NONE)
        return NULL;
    if (g_str_equal(type, "mdev")) {
        g_autofree char *uuid = node_attribute(document, address, "uuid");

        return uuid ? g_strconcat("mdev ", uuid, NULL) : NULL;
    }
    if (g_str_equal(type, "scsi")) {
        g_autofree char *adapter = rule_text(context, source, "adapter/@name");

        if (!adapter)
            return NULL;
        g_string_append_printf(out, " %s", adapter);
    } else if (g_str_equal(type, "hostdev")) { /* an interface */
        g_string_assign(out, "pci");
    } else if (!g_str_equal(type, "pci") && !g_str_equal(type, "usb")) {
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_printf(out, ":%x",
                               (unsigned)rule_address_part(context, address, numbers[i]));
    }
    return g_strdup(out->str);
}

/* Of a USB device: its place on the host, and what it is; NULL where that is not said. */
typedef struct {
    char *place, *make;
} UsbIdentity;

static UsbIdentity usb_identity(const DwRuleContext *context, DwNode node)
{
    DwNode source = node_child(context->document, node, "source");
    DwNode address =
        source == DW_NODE_NONE ? source : node_child(context->document, source, "address");
    g_autofree char *vendor = rule_text(context, node, "source/vendor/@id");
    g_autofree char *product = rule_text(context, node, "source/product/@id");
    UsbIdentity ret = {NULL, NULL};

    if (vendor && product)
        ret.make = g_strdup_printf("usb %x:%x", (unsigned)strtoul(vendor, NULL, 0),
                                   (unsigned)strtoul(product, NULL, 0));
    if (address != DW_NODE_NONE && rule_address_part(context, address, "bus") &&
        rule_address_part(context, address, "device"))
        ret.place = identity(context, node);
    return ret;
}

/* libvirt knows what comes behind a device with a place by the place, and behind one without by the
 * make. */
static bool usb_is_seen(const DwRuleContext *context, DwNode node, GHashTable *seen)
{
    UsbIdentity usb = usb_identity(context, node);
    bool ret = (usb.place && g_hash_table_contains(seen, usb.place)) ||
               (usb.make && g_hash_table_contains(seen, usb.make));

    if (usb.place || usb.make)
        g_hash_table_add(seen, usb.place ? usb.place : usb.make);
    if (usb.place)
        g_free(usb.make);
    return ret;
}

static bool is_seen(const DwRuleContext *context, const char *kind, DwNode node, GHashTable *seen)
{
    bool is_interface = g_str_equal(kind, "interface");

    if (is_interface && !node_attribute_is(context->document, node, "type", "hostdev"))
        return false;
    if (!is_interface && node_attribute_is(context->document, node, "type", "usb"))
        return usb_is_seen(context, node, seen);
    char *same = identity(context, node);
    return same && !g_hash_table_add(seen, same);
}

static void check_unique(DwRuleContext *context, const char *kind, GHashTable *seen)
{
    for (DwNode node = rule_device(context, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, kind, node)) {
        if (!is_seen(context, kind, node, seen))
            continue;
        rule_look_at(context, kind, node);
        rule_report(context, "hostdev-unique", ERROR, "source.address", NULL, NULL,
                    "source.address or another source names a device of the host that this domain "
                    "has already; remove one%s.",
                    node_attribute_is(context->document, node, "type", "usb")
                        ? ", or give the first of the same make its source.address.bus and "
                          "source.address.device"
                        : "");
        rule_look_back(context);
    }
}

static void rule_unique(DwRuleContext *context)
{
    if (rule_device(context, "hostdev", DW_NODE_NONE) == DW_NODE_NONE &&
        !rule_has_two(context, "interface"))
        return;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    check_unique(context, "hostdev", seen);
    check_unique(context, "interface", seen);
}

static void rule_usb_source(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        if (!node_attribute_is(context->document, node, "type", "usb") ||
            rule_there(context, node, "source/address") ||
            (rule_there(context, node, "source/vendor") &&
             rule_there(context, node, "source/product")))
            continue;
        rule_look_at(context, "hostdev", node);
        rule_report(
            context, "hostdev-usb-source", ERROR, "source.vendor", NULL, NULL,
            "source.vendor and source.product are missing; a USB device of the host is named "
            "by these or by source.address.bus and .device.");
        rule_look_back(context);
    }
}

/* libvirt reads a number as C writes it and wants another than 0; the schema has four digits at
 * most.
 */
static bool is_usb_id(const char *text)
{
    return g_regex_match_simple("^(0x[0-9a-fA-F]{1,4}|0[0-7]{0,3}|[1-9][0-9]{0,3})$", text,
                                G_REGEX_DOLLAR_ENDONLY, 0);
}

static void check_usb_id(DwRuleContext *context, DwNode node, const char *element, const char *key)
{
    g_autofree char *text = rule_text(context, node, element);

    if (!text ||
        (g_str_has_prefix(text, "0x") && is_usb_id(text) && g_ascii_strtoull(text, NULL, 0) != 0))
        return;
    rule_look_at(context, "hostdev", node);
    bool is_vendor = g_str_equal(key, "source.vendor");
    if (!is_usb_id(text) || (is_vendor && g_ascii_strtoull(text, NULL, 0) == 0))
        rule_report(context, "hostdev-usb-id", ERROR, key, text, NULL,
                    "%s is \"%s\"; write 0x and up to four hexadecimal digits, such as 0x046d.",
                    key, text);
    else
        rule_report(context, "hostdev-usb-decimal", WARNING, key, text, NULL,
                    "%s is %s without 0x, which libvirt takes as the number 0x%04x; write it with "
                    "0x.",
                    key, text, (unsigned)g_ascii_strtoull(text, NULL, 0));
    rule_look_back(context);
}

static void rule_usb_ids(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        check_usb_id(context, node, "source/vendor/@id", "source.vendor");
        check_usb_id(context, node, "source/product/@id", "source.product");
    }
}

/* libvirt leaves at that what it says of a display. */
static bool is_of_s390(const DwRuleContext *context, DwNode node)
{
    g_autofree char *model = node_attribute(context->document, node, "model");

    return model && words_have("vfio-ccw vfio-ap", model);
}

static void rule_display(DwRuleContext *context)
{
    bool has_graphics = rule_device(context, "graphics", DW_NODE_NONE) != DW_NODE_NONE;
    unsigned framebuffers = 0;

    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        bool display = node_attribute_is(context->document, node, "display", "on") &&
                       !is_of_s390(context, node);
        bool ramfb = node_attribute_is(context->document, node, "ramfb", "on");

        rule_look_at(context, "hostdev", node);
        if (display && !has_graphics)
            rule_report(
                context, "hostdev-display-graphics", ERROR, "display", "on", NULL,
                "display is on, but the domain has no graphics to show it; add some or turn "
                "it off.");
        if (ramfb && !display)
            rule_report(context, "hostdev-ramfb", WARNING, "ramfb", "on", NULL,
                        "ramfb is on, which needs display on.");
        else if (ramfb && ++framebuffers == 2)
            rule_report(context, "hostdev-ramfb", ERROR, "ramfb", "on", NULL,
                        "ramfb is on for two devices; turn one off.");
    }
    rule_look_back(context);
}

/* What of the host a guest cannot start from, or NULL. */
static const char *why_no_boot(const DwRuleContext *context, DwNode node)
{
    if (node_attribute_is(context->document, node, "type", "scsi_host"))
        return "type scsi_host";
    return node_attribute_is(context->document, node, "type", "mdev") &&
                   !node_attribute_is(context->document, node, "model", "vfio-ccw")
               ? "type mdev of another model than vfio-ccw"
               : NULL;
}

static void rule_boot(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        g_autofree char *order = rule_attribute(context, node, "boot", "order");
        const char *why = order && context->guest.is_qemu ? why_no_boot(context, node) : NULL;

        if (!why)
            continue;
        rule_look_at(context, "hostdev", node);
        rule_report(context, "hostdev-boot", ERROR, "boot.order", order, NULL,
                    "boot.order is %s, but a guest cannot boot from %s; unset it.", order, why);
        rule_look_back(context);
    }
}

static void rule_mode(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        if (!context->guest.is_qemu ||
            !node_attribute_is(context->document, node, "mode", "capabilities"))
            continue;
        rule_look_at(context, "hostdev", node);
        rule_report(context, "hostdev-mode", ERROR, "mode", "capabilities", NULL,
                    "mode is capabilities, which containers have; use subsystem.");
        rule_look_back(context);
    }
}

/* ---- One of a kind ---- */

static void rule_single_ap(DwRuleContext *context)
{
    unsigned count = 0;

    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        if (!node_attribute_is(context->document, node, "model", "vfio-ap") || ++count != 2)
            continue;
        rule_look_at(context, "hostdev", node);
        rule_report(context, "hostdev-ap-single", ERROR, "model", "vfio-ap", NULL,
                    "model vfio-ap belongs to two devices; a domain has one at most. Remove one.");
        rule_look_back(context);
    }
}

static void rule_single(DwRuleContext *context)
{
    static const char *const kinds[] = {"memballoon", "nvram",       "vsock",
                                        "iommu",      "redirfilter", "smartcard"};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        DwNode first = rule_device(context, kinds[i], DW_NODE_NONE);
        DwNode second = first == DW_NODE_NONE ? first : rule_device(context, kinds[i], first);

        bool is_new = g_str_equal(kinds[i], "iommu") && !rule_is_before(context, 11004000);

        /* Newer libvirt has several IOMMUs. */
        if (second == DW_NODE_NONE || (is_new && context->host->libvirt_version))
            continue;
        rule_look_at(context, kinds[i], second);
        rule_report(context, "device-single", is_new ? WARNING : ERROR, "", NULL, NULL,
                    "There are two devices of kind %s; a domain has one at most. Remove one.",
                    kinds[i]);
        rule_look_back(context);
    }
}

/* One, and one that pSeries hands on beside it. */
static void rule_tpms(DwRuleContext *context)
{
    unsigned counts[2] = {0};

    for (DwNode node = rule_device(context, "tpm", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "tpm", node)) {
        if (++counts[node_attribute_is(context->document, node, "model", "spapr-tpm-proxy")] != 2)
            continue;
        rule_look_at(context, "tpm", node);
        rule_report(context, "tpm-single", ERROR, "model", NULL, NULL,
                    "There are two TPMs, seen by model; a domain has one at most. Remove one.");
        rule_look_back(context);
    }
}

static void rule_panics(DwRuleContext *context)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = rule_device(context, "panic", DW_NODE_NONE);
         node != DW_NODE_NONE && context->guest.is_qemu;
         node = rule_device(context, "panic", node)) {
        char *model = node_attribute(context->document, node, "model");

        if (!model)
            model = g_strdup(context->guest.is_s390      ? "s390"
                             : context->guest.is_pseries ? "pseries"
                                                         : "isa"); /* as libvirt has it */
        if (g_hash_table_add(seen, model))
            continue;
        rule_look_at(context, "panic", node);
        rule_report(context, "device-panic-unique", ERROR, "model", model, NULL,
                    "model %s belongs to two panic devices; remove one.", model);
        rule_look_back(context);
    }
}

static char *watchdog_action(const DwRuleContext *context, DwNode node)
{
    char *action = node_attribute(context->document, node, "action");

    return action ? action : g_strdup("reset"); /* as libvirt has it */
}

/* One of several, which newer libvirt takes: machines with PCI Express have one of their own. */
static void check_watchdog(DwRuleContext *context, const char *first_action, GHashTable *seen)
{
    g_autofree char *model = node_attribute(context->document, context->node, "model");
    g_autofree char *action = watchdog_action(context, context->node);

    if (!g_str_equal(action, first_action))
        rule_report(context, "watchdog-action", ERROR, "action", action, NULL,
                    "action is %s, and that of the first watchdog is %s; libvirt takes one action "
                    "for all. Set both alike.",
                    action, first_action);
    if (model && !g_str_equal(model, "i6300esb") && !g_hash_table_add(seen, g_strdup(model)))
        rule_report(context, "watchdog-unique", ERROR, "model", model, NULL,
                    "model %s belongs to two watchdogs; remove one.", model);
}

static void rule_watchdogs(DwRuleContext *context)
{
    DwNode node = rule_device(context, "watchdog", DW_NODE_NONE);
    uint64_t version = context->host->libvirt_version;
    g_autoptr(GHashTable) seen = NULL;
    g_autofree char *action = NULL;

    if (!rule_has_two(context, "watchdog"))
        return;
    if (version && version < 9001000) {
        rule_look_at(context, "watchdog", rule_device(context, "watchdog", node));
        rule_report(
            context, "watchdog-single", ERROR, "model", NULL, NULL,
            "There are two watchdogs, seen by model; libvirt before 9.1 takes one. Remove one.");
        rule_look_back(context);
        return;
    }
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    action = watchdog_action(context, node);
    for (; node != DW_NODE_NONE && context->guest.is_qemu;
         node = rule_device(context, "watchdog", node)) {
        rule_look_at(context, "watchdog", node);
        check_watchdog(context, action, seen);
        rule_look_back(context);
    }
}

/* Only those have the card on ISA; libvirt says so since 9.3. */
static void rule_watchdog_machine(DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;

    if (!guest->is_qemu || guest->is_pc || (!guest->is_x86 && !guest->is_other) ||
        rule_is_before(context, 9003000))
        return;
    for (DwNode node = rule_device(context, "watchdog", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "watchdog", node)) {
        if (!node_attribute_is(context->document, node, "model", "ib700"))
            continue;
        rule_look_at(context, "watchdog", node);
        rule_report(context, "watchdog-machine", rule_since(context, 9003000), "model", "ib700",
                    NULL, "model is ib700, which only pc machines have; use i6300esb.");
        rule_look_back(context);
    }
}

const DwRule rules_hostdev[] = {
    {rule_unique, {"hostdev", "interface"}},
    {rule_usb_source, {"hostdev"}},
    {rule_usb_ids, {"vendor", "product"}},
    {rule_display, {"display", "ramfb"}},
    {rule_boot, {"hostdev"}},
    {rule_mode, {"hostdev"}},
    {rule_single_ap, {"hostdev"}},
    {rule_single, {"memballoon", "nvram", "vsock", "iommu", "redirfilter", "smartcard"}},
    {rule_tpms, {"tpm"}},
    {rule_panics, {"panic"}},
    {rule_watchdogs, {"watchdog"}},
    {rule_watchdog_machine, {"watchdog"}},
    {NULL},
};
