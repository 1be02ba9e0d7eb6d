/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on USB: buses, ports and who needs them. Run once for each document. */
#include <string.h>

#include "common/words.h"
#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/number-table.h"
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

static bool is_usb_controller(const DwRuleContext *context, DwNode node)
{
    return node_is(context->document, node, "controller") &&
           node_attribute_is(context->document, node, "type", "usb");
}

/* On s390x a controller that says neither model nor address is none. */
static bool is_none(const DwRuleContext *context, DwNode node)
{
    if (context->guest.is_s390 && !rule_has(context, node, "model"))
        return !rule_there(context, node, "address");
    return node_attribute_is(context->document, node, "model", "none");
}

static bool is_disabled(const DwRuleContext *context)
{
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node))
        if (is_usb_controller(context, node) && is_none(context, node))
            return true;
    return false;
}

/* Boards of ARM that got a USB: 11.3 has it. */
static bool has_board_usb(const DwRuleContext *context, const char *machine)
{
    uint64_t version = context->host->libvirt_version;
    const char *others = version >= 12008000 ? "realview-eb" : "realview-";

    return version >= 11003000 && machine &&
           (g_str_equal(machine, "versatilepb") || g_str_has_prefix(machine, others));
}

/* Machines of ARM, RISC-V and s390x, and isapc, have a USB only where a controller is given; with
 * libvirt 12.8 all without PCI. */
static bool is_bare(const DwRuleContext *context)
{
    DwNode root = document_root(context->document);
    g_autofree char *machine = rule_text(context, root, "os/type/@machine");
    g_autofree char *arch = rule_text(context, root, "os/type/@arch");

    return context->guest.is_s390 || context->guest.is_arm ||
           (context->guest.board == BOARD_ROOTLESS &&
            !rule_has_type(context, "controller", "pci")) ||
           (context->guest.is_bare && machine &&
            (g_str_equal(machine, "isapc") || context->host->libvirt_version >= 11004000)) ||
           (arch && !has_board_usb(context, machine) &&
            (g_str_equal(arch, "aarch64") || g_str_has_prefix(arch, "arm") ||
             g_str_has_prefix(arch, "riscv")));
}

/* Does a device sit on the USB? */
static bool needs_usb(const DwRuleContext *context, DwNode node)
{
    const DwDocument *document = context->document;
    g_autofree char *kind = node_name(document, node);

    if (g_str_equal(kind, "hub") || g_str_equal(kind, "redirdev") || g_str_equal(kind, "smartcard"))
        return true;
    if (g_str_equal(kind, "controller"))
        return (is_usb_controller(context, node) && !is_none(context, node)) ||
               node_attribute_is(document, node, "type", "ccid");
    if (g_str_equal(kind, "filesystem"))
        return rule_is(context, node, "driver/@type", "mtp");
    if (g_str_equal(kind, "sound"))
        return node_attribute_is(document, node, "model", "usb");
    if (g_str_equal(kind, "hostdev"))
        return node_attribute_is(document, node, "type", "usb");
    if (g_str_equal(kind, "disk"))
        return rule_is(context, node, "target/@bus", "usb");
    if (g_str_equal(kind, "serial"))
        return rule_is(context, node, "target/@type", "usb-serial");
    if (g_str_equal(kind, "interface"))
        return rule_is(context, node, "model/@type", "usb-net");
    return rule_is_usb_input(context, node);
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
    if ((!context->guest.is_other && !context->guest.is_bare) || !lacks_controller(context))
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

/* QEMU for s390x is built without what passes USB on, whatever controller is there. */
static void rule_passed_on(DwRuleContext *context)
{
    static const char *const kinds[] = {"redirdev", "smartcard"};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && context->guest.is_s390 && context->guest.is_qemu;
         i++)
        for (DwNode node = rule_device(context, kinds[i], DW_NODE_NONE); node != DW_NODE_NONE;
             node = rule_device(context, kinds[i], node)) {
            rule_look_at(context, kinds[i], node);
            rule_report(context, "usb-passed-on", rule_since(context, 1), "type", NULL, NULL,
                        "The device, seen by its type, is none that QEMU has on machines of "
                        "s390x; remove it.");
            rule_look_back(context);
        }
}

/* That there is none is said once. */
static void check_none(DwRuleContext *context)
{
    unsigned n = 0;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        if (!is_usb_controller(context, node) ||
            !node_attribute_is(context->document, node, "model", "none") || ++n != 2)
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "usb-disabled", ERROR, "model", "none", NULL,
                    "model is none for two controllers of type usb; remove one of them.");
        rule_look_back(context);
    }
}

/* Where no controller says so, but one of s390x is none, libvirt takes others beside it. */
static void rule_disabled(DwRuleContext *context)
{
    bool is_said = rule_is_usb_off(context);

    if (!is_disabled(context))
        return;
    check_none(context);
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        if (!needs_usb(context, node) || (!is_said && is_usb_controller(context, node)))
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "usb-disabled", ERROR, "type", NULL, NULL,
                    "The device needs USB, but a controller of type usb has model none, which "
                    "means there is no USB; remove one of them.");
        rule_look_back(context);
    }
}

/* ---- Buses ---- */

/* How many ports a controller has; 0: not known, or a companion, which adds none. */
static unsigned ports_of(const DwRuleContext *context, DwNode node)
{
    static const struct {
        const char *model;
        unsigned ports;
    } models[] = {
        {"piix3-uhci", 2}, {"piix4-uhci", 2}, {"vt82c686b-uhci", 2}, {"pci-ohci", 3},
        {"ehci", 6},       {"ich9-ehci1", 6}, {"nec-xhci", 4},       {"qemu-xhci", 4},
    };
    g_autofree char *model = node_attribute(context->document, node, "model");
    uint64_t ports = 0;

    if (!model)
        return context->guest.is_x86                                ? 2
               : context->guest.is_pseries || context->guest.is_arm ? 4
                                                                    : 0;
    if (g_str_has_suffix(model, "xhci") && lens_number(context->document, node, "@ports", &ports) &&
        ports > 0)
        return (unsigned)ports;
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
        if (g_str_equal(models[i].model, model))
            return models[i].ports;
    return 0;
}

/* All controllers of one index. */
typedef struct {
    unsigned ports;
    bool has_master; /* one that is nobody's companion */
    bool has_ehci;   /* one that companions of model ich9-uhci need */
} Bus;

/* By index. */
static DwNumberTable *read_buses(const DwRuleContext *context)
{
    DwNumberTable *buses = number_table_new(sizeof(Bus));

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index = 0;

        if (!is_usb_controller(context, node))
            continue;
        lens_number(context->document, node, "@index", &index);
        Bus *bus = number_table_add(buses, index);
        bus->ports = MAX(bus->ports, ports_of(context, node));
        bus->has_master |= node_child(context->document, node, "master") == DW_NODE_NONE;
        bus->has_ehci |= node_attribute_is(context->document, node, "model", "ich9-ehci1");
    }
    return buses;
}

/* How many ports a bus has; one without a controller is what libvirt adds. */
static unsigned ports_of_bus(const DwRuleContext *context, const DwNumberTable *buses,
                             uint64_t index)
{
    const DwMachine *guest = &context->guest;
    const Bus *bus = number_table_find(buses, index);

    if (index == 0 && number_table_is_empty(buses))
        return guest->is_pc ? 2 : guest->is_q35 || guest->is_pseries ? 4 : 0;
    return bus ? bus->ports : 0;
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

        if (address == DW_NODE_NONE || rule_is_mirror(context, node))
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

static void rule_buses(DwRuleContext *context)
{
    g_autoptr(DwNumberTable) buses = NULL;

    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode address = usb_address(context, node);
        uint64_t bus = 0;

        if (address == DW_NODE_NONE || !lens_number(context->document, address, "@bus", &bus) ||
            bus == 0)
            continue;
        if (!buses)
            buses = read_buses(context);
        if (number_table_find(buses, bus))
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

/* ---- Ports ---- */

#define HUB_PORTS 8

/* What ports are on. */
typedef struct {
    DwNumberTable *buses;
    GHashTable *hubs; /* "bus:port" -> the first hub that is there */
} Topology;

static char *hub_place(uint64_t bus, const char *port)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%s", bus, port);
}

static GHashTable *read_hubs(const DwRuleContext *context)
{
    GHashTable *hubs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode node = rule_device(context, "hub", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hub", node)) {
        DwNode address = usb_address(context, node);
        g_autofree char *port =
            address == DW_NODE_NONE ? NULL : node_attribute(context->document, address, "port");
        uint64_t bus = 0;

        if (!port)
            continue;
        lens_number(context->document, address, "@bus", &bus);
        g_autofree char *place = hub_place(bus, port);
        if (!g_hash_table_contains(hubs, place))
            g_hash_table_insert(hubs, g_steal_pointer(&place), GINT_TO_POINTER(node));
    }
    return hubs;
}

/* Hubs are found in the order of the document: one on another hub's port has to come after it. */
static bool has_hub(const Topology *topology, uint64_t bus, const char *port, DwNode before)
{
    g_autofree char *place = hub_place(bus, port);
    gpointer hub;

    return g_hash_table_lookup_extended(topology->hubs, place, NULL, &hub) &&
           (before == DW_NODE_NONE || GPOINTER_TO_INT(hub) < before);
}

/* "1.2" is port 2 of the hub that is on port 1. */
static void check_port(DwRuleContext *context, const Topology *topology, DwNode node, uint64_t bus,
                       const char *port)
{
    g_autofree char *kind = node_name(context->document, node);
    bool is_hub = g_str_equal(kind, "hub");
    unsigned ports = ports_of_bus(context, topology->buses, bus);

    rule_look_at(context, kind, node);
    for (const char *at = port, *dot; *at; at = dot + 1, ports = HUB_PORTS) {
        unsigned long number = strtoul(at, NULL, 10);
        g_autofree char *hub = g_strndup(port, (gsize)((dot = at + strcspn(at, ".")) - port));

        if (ports && number > ports) {
            rule_report(context, "usb-port-missing", ERROR, "address.port", port, NULL,
                        "address.port is %s, but there are %u ports; unset address.* and libvirt "
                        "finds a place.",
                        port, ports);
            break;
        }
        if (!*dot)
            break;
        if (!has_hub(topology, bus, hub, is_hub ? node : DW_NODE_NONE)) {
            rule_report(context, "usb-hub-missing", ERROR, "address.port", port, NULL,
                        "address.port is %s, but there is no hub on port %s%s; add one with that "
                        "address or unset address.*.",
                        port, hub, is_hub ? " before it" : "");
            break;
        }
    }
    rule_look_back(context);
}

static void rule_port(DwRuleContext *context)
{
    if (!context->guest.is_qemu)
        return;
    Topology topology = {NULL};
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode address = usb_address(context, node);
        uint64_t bus = 0;

        if (address == DW_NODE_NONE)
            continue;
        g_autofree char *port = node_attribute(context->document, address, "port");
        lens_number(context->document, address, "@bus", &bus);
        if (!port || strtoul(port, NULL, 10) == 0)
            continue;
        if (!topology.buses)
            topology = (Topology){read_buses(context), read_hubs(context)};
        check_port(context, &topology, node, bus, port);
    }
    number_table_free(topology.buses);
    if (topology.hubs)
        g_hash_table_unref(topology.hubs);
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

/* Is there a controller of USB 2 of that index? */
static bool has_ehci(const DwRuleContext *context, DwNumberTable **buses, uint64_t index)
{
    if (!*buses)
        *buses = read_buses(context);
    const Bus *bus = number_table_find(*buses, index);
    return bus && bus->has_ehci;
}

static void rule_models(DwRuleContext *context)
{
    g_autoptr(DwNumberTable) buses = NULL;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        g_autofree char *model = node_attribute(context->document, node, "model");
        uint64_t index = 0;

        if (!context->guest.is_qemu || !is_usb_controller(context, node) || !model)
            continue;
        lens_number(context->document, node, "@index", &index);
        rule_look_at(context, "controller", node);
        if (g_str_has_prefix(model, "qusb"))
            rule_report(context, "usb-model", ERROR, "model", model, NULL,
                        "model is %s, which only Xen has; use qemu-xhci.", model);
        if (g_str_has_prefix(model, "ich9-uhci") && !rule_there(context, node, "master") &&
            !has_ehci(context, &buses, index))
            rule_report(context, "usb-companion", ERROR, "model", model, NULL,
                        "model is %s, a companion, but there is no controller of model ich9-ehci1 "
                        "and index %u; add one.",
                        model, (unsigned)index);
    }
    rule_look_back(context);
}

static bool has_any_master(const DwRuleContext *context)
{
    DwNode node = rule_device(context, "controller", DW_NODE_NONE);

    while (node != DW_NODE_NONE && (!is_usb_controller(context, node) ||
                                    node_child(context->document, node, "master") != DW_NODE_NONE))
        node = rule_device(context, "controller", node);
    return node != DW_NODE_NONE;
}

/* A companion belongs to the EHCI controller of the same index; libvirt wants one of any. */
static void rule_companions(DwRuleContext *context)
{
    g_autoptr(DwNumberTable) buses = read_buses(context);
    DwSeverity severity = has_any_master(context) ? WARNING : ERROR;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index = 0;

        if (!is_usb_controller(context, node) ||
            node_child(context->document, node, "master") == DW_NODE_NONE || is_none(context, node))
            continue;
        lens_number(context->document, node, "@index", &index);
        if (((const Bus *)number_table_find(buses, index))->has_master)
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "usb-companion", severity, "master.startport", NULL, NULL,
                    "master.startport makes this a companion, but there is no other USB controller "
                    "of index %u; add one of model ich9-ehci1.",
                    (unsigned)index);
        rule_look_back(context);
    }
}

const DwRule rules_usb[] = {
    {rule_passed_on, {"redirdev", "smartcard"}},
    {rule_machine},
    {rule_disabled, {"controller"}},
    {rule_places, {"port"}},
    {rule_buses, {"bus"}},
    {rule_port, {"port"}},
    {rule_ports, {"ports"}},
    {rule_models, {"model"}},
    {rule_companions, {"master"}},
    {NULL},
};
