/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on USB: buses, ports and who needs them. Run once for each document. */
#include <string.h>

#include "common/words.h"
#include "keys/devices.h"
#include "rules/tables.h"

#define ERROR DW_SEVERITY_ERROR

static bool is_usb_controller(const DwRuleContext *context, DwNode node)
{
    return node_is(context->document, node, "controller") &&
           node_attribute_is(context->document, node, "type", "usb");
}

static bool is_disabled(const DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node))
        if (is_usb_controller(context, node) &&
            node_attribute_is(context->document, node, "model", "none"))
            return true;
    return false;
}

/* Machines s390-ccw and virt have a USB only where a controller is given. */
static bool is_bare(const DwRuleContext *context)
{
    g_autofree char *machine =
        rule_text(context, document_root(context->document), "os/type/@machine");

    return context->guest.is_s390 ||
           (context->guest.is_other && machine && g_str_has_prefix(machine, "virt"));
}

/* A mouse or the like that does not say is on the USB where the machine has no PS/2; evdev and
 * passthrough are on no bus or virtio's. */
static bool is_usb_input(const DwRuleContext *context, DwNode node)
{
    g_autofree char *bus = node_attribute(context->document, node, "bus");
    g_autofree char *type = node_attribute(context->document, node, "type");

    if (bus)
        return g_str_equal(bus, "usb");
    return is_bare(context) && type && words_have("mouse tablet keyboard", type);
}

/* Does a device sit on the USB? */
static bool needs_usb(const DwRuleContext *context, DwNode node)
{
    const DwDocument *document = context->document;
    g_autofree char *kind = node_name(document, node);

    if (g_str_equal(kind, "hub") || g_str_equal(kind, "redirdev") || g_str_equal(kind, "smartcard"))
        return true;
    if (g_str_equal(kind, "controller"))
        return is_usb_controller(context, node) &&
               !node_attribute_is(document, node, "model", "none");
    if (g_str_equal(kind, "sound"))
        return node_attribute_is(document, node, "model", "usb");
    if (g_str_equal(kind, "hostdev"))
        return node_attribute_is(document, node, "type", "usb");
    if (g_str_equal(kind, "disk"))
        return rule_is(context, node, "target/@bus", "usb");
    return g_str_equal(kind, "input") && is_usb_input(context, node);
}

static bool lacks_controller(const DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node))
        if (is_usb_controller(context, node))
            return false;
    return context->guest.is_qemu && is_bare(context);
}

static void rule_machine(DwRuleContext *context)
{
    if (!context->guest.is_other || !lacks_controller(context))
        return;
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        g_autofree char *kind = node_name(context->document, node);

        if (!needs_usb(context, node))
            continue;
        rule_look_at(context, kind, node);
        rule_report(context, "usb-machine", ERROR, "type", NULL, NULL,
                    "The device, seen by its type, needs USB, which this machine has only "
                    "with a controller of type usb; add one.");
        rule_look_back(context);
    }
}

static void rule_disabled(DwRuleContext *context)
{
    if (!is_disabled(context))
        return;
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        if (!needs_usb(context, node))
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "usb-disabled", ERROR, "type", NULL, NULL,
                    "The device needs USB, but a controller of type usb has model none, which "
                    "means there is no USB; remove one of them.");
        rule_look_back(context);
    }
}

/* ---- Addresses ---- */

static DwNode usb_address(const DwRuleContext *context, DwNode node)
{
    DwNode address = node_child(context->document, node, "address");

    return address != DW_NODE_NONE && node_attribute_is(context->document, address, "type", "usb")
               ? address
               : DW_NODE_NONE;
}

static void rule_places(DwRuleContext *context)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode address = usb_address(context, node);

        if (address == DW_NODE_NONE)
            continue;
        g_autofree char *bus = node_attribute(context->document, address, "bus");
        g_autofree char *port = node_attribute(context->document, address, "port");
        if (!port || g_hash_table_add(seen, g_strconcat(bus ? bus : "0", ":", port, NULL)))
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "usb-address-unique", ERROR, "address.port", port, NULL,
                    "address.port %s of bus %s belongs to two devices; unset address.* and libvirt "
                    "finds a place.",
                    port, bus ? bus : "0");
        rule_look_back(context);
    }
}

static bool has_bus(const DwRuleContext *context, uint64_t bus)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index = 0;

        lens_number(context->document, node, "@index", &index);
        if (is_usb_controller(context, node) && index == bus)
            return true;
    }
    return bus == 0;
}

static void rule_buses(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode address = usb_address(context, node);
        uint64_t bus = 0;

        if (address == DW_NODE_NONE || !lens_number(context->document, address, "@bus", &bus) ||
            has_bus(context, bus))
            continue;
        g_autofree char *kind = node_name(context->document, node);
        g_autofree char *value = g_strdup_printf("%u", (unsigned)bus);
        rule_look_at(context, kind, node);
        rule_report(context, "usb-bus-missing", ERROR, "address.bus", value, NULL,
                    "address.bus is %s, but there is no USB controller of that index; add one or "
                    "unset address.*.",
                    value);
        rule_look_back(context);
    }
}

/* ---- Controllers ---- */

#define MOST_XHCI 15

static void rule_ports(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        g_autofree char *model = node_attribute(context->document, node, "model");
        g_autofree char *ports = node_attribute(context->document, node, "ports");
        bool is_xhci = model && g_str_has_suffix(model, "xhci");

        if (!is_usb_controller(context, node) || !is_xhci || !ports || !context->guest.is_qemu ||
            g_ascii_strtoull(ports, NULL, 10) <= MOST_XHCI)
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "usb-ports", ERROR, "ports", ports, NULL,
                    "ports is %s; a controller of model %s has %d at most.", ports, model,
                    MOST_XHCI);
        rule_look_back(context);
    }
}

/* A companion belongs to the EHCI controller of the same index. */
static bool has_master(const DwRuleContext *context, uint64_t wanted)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index = 0;

        lens_number(context->document, node, "@index", &index);
        if (is_usb_controller(context, node) && index == wanted &&
            node_child(context->document, node, "master") == DW_NODE_NONE)
            return true;
    }
    return false;
}

static void rule_companions(DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index = 0;

        lens_number(context->document, node, "@index", &index);
        if (!is_usb_controller(context, node) ||
            node_child(context->document, node, "master") == DW_NODE_NONE ||
            has_master(context, index))
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "usb-companion", ERROR, "master.startport", NULL, NULL,
                    "master.startport makes this a companion, but there is no other USB controller "
                    "of index %u; add one of model ich9-ehci1.",
                    (unsigned)index);
        rule_look_back(context);
    }
}

const DwRule rules_usb[] = {
    {rule_machine},
    {rule_disabled, {"controller"}},
    {rule_places, {"port"}},
    {rule_buses, {"bus"}},
    {rule_ports, {"ports"}},
    {rule_companions, {"master"}},
    {NULL},
};
