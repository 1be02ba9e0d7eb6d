/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on addresses: which a device can have, a disk on its bus, and places that two devices
 * claim.
 */
#include "rules/facts.h"
#include "rules/tables.h"

#include <string.h>

#include "common/words.h"
#include "guest/disk.h"
#include "keys/devices.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

static void rule_type(DwRuleContext *context)
{
    const char *bus = context->bus;
    g_autofree char *type = rule_attribute(context, context->node, "address", "type");

    if (!bus || !type || !context->guest.is_qemu || g_str_equal(type, "unassigned") ||
        disk_address_fits(bus, type))
        return;
    rule_report(
        context, "disk-address-type", ERROR, "address.type", type, NULL,
        "address.type is %s, which a disk on target.bus %s cannot have; unset address.* and "
        "libvirt finds a place.",
        type, bus);
}

/* Machines whose QEMU has no such bus; libvirt looks at disks only. */
static void rule_disk_mmio(DwRuleContext *context)
{
    g_autofree char *type = rule_attribute(context, context->node, "address", "type");
    g_autofree char *arch = rule_text(context, document_root(context->document), "os/type/@arch");
    bool is_without = context->guest.is_s390 || context->guest.is_pseries ||
                      (arch && context->guest.is_qemu &&
                       (g_str_has_prefix(arch, "ppc") || g_str_equal(arch, "loongarch64")));

    if (g_strcmp0(type, "virtio-mmio") == 0 && g_strcmp0(context->bus, "virtio") == 0 && is_without)
        rule_report(context, "disk-address-mmio", ERROR, "address.type", type, NULL,
                    "address.type is virtio-mmio, which this machine has not; unset address.* and "
                    "libvirt finds a place.");
}

static void check_target(DwRuleContext *context, DwNode address)
{
    uint64_t target = 0;

    if (!lens_number(context->document, address, "@target", &target) || target == 0 ||
        context->guest.is_test ||
        !rule_is_lsilogic(context, rule_address_part(context, address, "controller")))
        return;
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, target);
    rule_report(context, "disk-address-drive", ERROR, "address.target", value, NULL,
                "address.target is %s; on a controller of model lsilogic it must be 0. Use one of "
                "model virtio-scsi, or unset address.*.",
                value);
}

/* Which parts of a drive address must be 0 on which bus. */
static void rule_drive(DwRuleContext *context)
{
    static const struct {
        const char *bus;
        const char *zero[4];
        bool pc_only;
    } zeroes[] = {
        {"ide", {"target"}},
        {"ide", {"controller"}, true},
        {"sata", {"bus", "target"}},
        {"scsi", {"bus"}},
        {"fdc", {"controller", "bus", "target"}},
    };
    const char *bus = context->bus;
    DwNode address = node_child(context->document, context->node, "address");

    if (!bus || address == DW_NODE_NONE || !context->guest.is_qemu ||
        !node_attribute_is(context->document, address, "type", "drive"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(zeroes); i++) {
        if (!g_str_equal(zeroes[i].bus, bus) || (zeroes[i].pc_only && !context->guest.is_pc))
            continue;
        for (const char *const *part = zeroes[i].zero; *part; part++) {
            g_autofree char *path = g_strconcat("@", *part, NULL);
            g_autofree char *key = g_strconcat("address.", *part, NULL);
            uint64_t number = 0;

            if (lens_number(context->document, address, path, &number) && number != 0) {
                g_autofree char *value = node_attribute(context->document, address, *part);

                rule_report(context, "disk-address-drive", ERROR, key, value, NULL,
                            "%s is %s; on target.bus %s it must be 0.", key, value, bus);
            }
        }
    }
    if (g_str_equal(bus, "scsi"))
        check_target(context, address);
}

/* Of a disk rule_drive says it. */
static void check_single_bus(DwRuleContext *context, DwNode address)
{
    if (rule_address_part(context, address, "bus") == 0)
        return;
    g_autofree char *value = node_attribute(context->document, address, "bus");
    rule_report(context, "disk-address-drive", ERROR, "address.bus", value, NULL,
                "address.bus is %s; a SCSI controller has bus 0 only.", value);
}

/* A SCSI device of the host takes a place on the bus as a disk does. */
static void rule_drives_of_host(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) places = disk_places(document);

    for (DwNode node = rule_device(context, "hostdev", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "hostdev", node)) {
        DwNode address = node_child(document, node, "address");

        if (address == DW_NODE_NONE || !node_attribute_is(document, address, "type", "drive") ||
            !context->guest.is_qemu)
            continue;
        rule_look_at(context, "hostdev", node);
        check_target(context, address);
        check_single_bus(context, address);
        rule_look_back(context);
        char *place = g_strdup_printf("scsi:%u:%u:%u:%u",
                                      (unsigned)rule_address_part(context, address, "controller"),
                                      (unsigned)rule_address_part(context, address, "bus"),
                                      (unsigned)rule_address_part(context, address, "target"),
                                      (unsigned)rule_address_part(context, address, "unit"));
        if (!g_hash_table_contains(places, place)) {
            g_hash_table_insert(places, place, GINT_TO_POINTER(node));
            continue;
        }
        rule_look_at(context, "hostdev", node);
        rule_report(context, "hostdev-address-unique", ERROR, "address.unit", NULL, NULL,
                    "address.unit and the rest (%s) are another device's, too; unset address.* and "
                    "libvirt finds a place.",
                    place);
        rule_look_back(context);
        g_free(place);
    }
}

/* ---- Ports of virtio-serial ---- */

#define USUAL_PORTS 31

/* Those that say their index, or those that do not, which get the first that is free. */
static void add_controllers(const DwRuleContext *context, GHashTable *ports, bool stated)
{
    const DwDocument *document = context->document;
    DwNode node = DW_NODE_NONE;
    unsigned next = 0;

    while ((node = rule_device(context, "controller", node)) != DW_NODE_NONE) {
        uint64_t index = 0, n = USUAL_PORTS;

        if (!node_attribute_is(document, node, "type", "virtio-serial") ||
            lens_number(document, node, "@index", &index) != stated)
            continue;
        while (!stated && g_hash_table_contains(ports, GUINT_TO_POINTER(next)))
            next++;
        index = stated ? index : next;
        lens_number(document, node, "@ports", &n);
        g_hash_table_insert(ports, GUINT_TO_POINTER(index), GUINT_TO_POINTER(n + 1));
    }
}

/* Of each controller the number of its ports, with 1 added; those that libvirt adds for channels
 * and consoles are among them. */
static GHashTable *find_serial_controllers(const DwRuleContext *context)
{
    const DwDocument *document = context->document;
    GHashTable *ports = g_hash_table_new(NULL, NULL);

    add_controllers(context, ports, true);
    add_controllers(context, ports, false);
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        bool is_channel = node_is(document, node, "channel") || node_is(document, node, "console");
        uint64_t index = 0;

        if (!is_channel || !rule_is(context, node, "target/@type", "virtio"))
            continue;
        lens_number(document, node, "address/@controller", &index);
        if (!g_hash_table_contains(ports, GUINT_TO_POINTER(index)))
            g_hash_table_insert(ports, GUINT_TO_POINTER(index), GUINT_TO_POINTER(USUAL_PORTS + 1));
    }
    return ports;
}

static void check_port(DwRuleContext *context, unsigned controller, unsigned port, unsigned ports,
                       bool is_first)
{
    g_autofree char *value = g_strdup_printf("%u", port);

    if (!ports)
        rule_report(context, "device-port", ERROR, "address.controller", NULL, NULL,
                    "address.controller is %u, but there is no such controller of type "
                    "virtio-serial; unset address.*.",
                    controller);
    else if (port >= ports - 1)
        rule_report(context, "device-port", ERROR, "address.port", value, NULL,
                    "address.port is %s, but controller %u of type virtio-serial has %u, counted "
                    "from 0; unset address.* and libvirt finds a place.",
                    value, controller, ports - 1);
    else if (!is_first)
        rule_report(context, "channel-port-unique", ERROR, "address.port", value, NULL,
                    "address.port %s belongs to two devices; unset address.* and libvirt finds a "
                    "place.",
                    value);
}

static void rule_ports(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) ports = NULL;

    for (DwNode node = context->guest.is_qemu ? rule_device(context, "", DW_NODE_NONE)
                                              : DW_NODE_NONE;
         node != DW_NODE_NONE; node = rule_device(context, "", node)) {
        DwNode address = node_child(document, node, "address");
        uint64_t controller = 0, port = 0;

        if (address == DW_NODE_NONE ||
            !node_attribute_is(document, address, "type", "virtio-serial") ||
            !lens_number(document, address, "@port", &port) || port == 0)
            continue;
        if (!ports)
            ports = find_serial_controllers(context);
        lens_number(document, address, "@controller", &controller);
        unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(ports, GUINT_TO_POINTER(controller)));
        char *place = g_strdup_printf("%u:%u", (unsigned)controller, (unsigned)port);
        bool is_first = g_hash_table_add(seen, place);
        g_autofree char *kind = node_name(document, node);

        rule_look_at(context, kind, node);
        check_port(context, (unsigned)controller, (unsigned)port, n, is_first);
        rule_look_back(context);
    }
}

/* ---- Numbers ---- */

/* As C reads them: 10, 0x0a, 012. */
static bool is_number(const char *text)
{
    char *end;

    text += strspn(text, " \t\n\v\f\r");
    text += *text == '+';
    g_ascii_strtoull(text, &end, 0);
    return g_ascii_isdigit(*text) && !*end;
}

/* of: what the key begins with. */
static void check_number(DwRuleContext *context, DwNode node, const char *path, const char *of)
{
    g_autofree char *text = rule_text(context, node, path);

    if (!text || is_number(text))
        return;
    g_autofree char *name = rule_key(path);
    g_autofree char *key = g_strconcat(of, name, NULL);
    rule_report(context, "device-address-number", ERROR, key, text, NULL,
                "%s is \"%s\", which is no number; write it as 10 or 0x0a.", key, text);
}

static void check_usb_port(DwRuleContext *context, DwNode address)
{
    g_autofree char *port = node_attribute(context->document, address, "port");

    if (port && node_attribute_is(context->document, address, "type", "usb") &&
        port[strspn(port, "0123456789.")])
        rule_report(context, "device-address-number", ERROR, "address.port", port, NULL,
                    "address.port is \"%s\"; write the ports from the controller on, such as 1.2.",
                    port);
}

/* What a redirected device is to be like; -1 is any. */
static void rule_redirected(DwRuleContext *context)
{
    static const char *const ids[] = {"@class", "@vendor", "@product"};
    unsigned n = 1;

    if (!g_str_equal(context->kind, "redirfilter"))
        return;
    for (DwNode device = node_child(context->document, context->node, "usbdev");
         device != DW_NODE_NONE; device = node_next_same(context->document, device), n++) {
        g_autofree char *of = g_strdup_printf("usbdev.%u.", n);

        for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
            if (!rule_is(context, device, ids[i], "-1"))
                check_number(context, device, ids[i], of);
    }
}

/* The schema takes hexadecimal digits without 0x, libvirt does not. */
static void rule_numbers(DwRuleContext *context)
{
    static const char *const parts[] = {"@domain", "@bus",   "@slot",     "@function", "@cssid",
                                        "@ssid",   "@devno", "zpci/@uid", "zpci/@fid"};
    DwNode address = node_child(context->document, context->node, "address");

    if (address == DW_NODE_NONE)
        return;
    check_usb_port(context, address);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        check_number(context, address, parts[i], "address.");
}

/* What two devices cannot share on the buses of s390x and pSeries. */
static char *place_of(const DwRuleContext *context, DwNode address)
{
    static const char *const parts[][4] = {{"ccw", "cssid", "ssid", "devno"},
                                           {"spapr-vio", "reg", NULL, NULL}};
    const DwDocument *document = context->document;

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GString) place = g_string_new(parts[i][0]);

        if (!node_attribute_is(document, address, "type", parts[i][0]))
            continue;
        for (size_t j = 1; j < G_N_ELEMENTS(parts[i]) && parts[i][j]; j++) {
            if (!rule_has(context, address, parts[i][j]))
                return NULL;
            g_string_append_printf(place, " %x",
                                   (unsigned)rule_address_part(context, address, parts[i][j]));
        }
        return g_strdup(place->str);
    }
    return NULL;
}

static void rule_buses_unique(DwRuleContext *context)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (!context->guest.is_qemu)
        return;
    for (DwNode node = rule_device(context, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "", node)) {
        DwNode address = node_child(context->document, node, "address");
        g_autofree char *place = address == DW_NODE_NONE ? NULL : place_of(context, address);

        if (!place || rule_is_mirror(context, node) ||
            g_hash_table_add(seen, g_steal_pointer(&place)))
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        rule_report(context, "device-address-unique", ERROR, "address.type", NULL, NULL,
                    "address.type and the rest are those of another device, too; unset address.* "
                    "and libvirt finds a place.");
        rule_look_back(context);
    }
}

/* ---- On which bus a device can be ---- */

static bool is_controller(const DwRuleContext *context, const char *type)
{
    return g_str_equal(context->kind, "controller") &&
           rule_is(context, context->node, "@type", type);
}

/* Is it one that libvirt has on the bus of pSeries, even on another machine? */
static bool is_of_pseries(const DwRuleContext *context)
{
    if (g_str_equal(context->kind, "interface"))
        return rule_is(context, context->node, "model/@type", "spapr-vlan");
    if (g_str_equal(context->kind, "tpm"))
        return context->guest.is_pseries &&
               !rule_is(context, context->node, "@model", "spapr-tpm-proxy");
    return g_str_equal(context->kind, "nvram") || rule_is_virtual_io(context) ||
           (is_controller(context, "scsi") &&
            rule_is(context, context->node, "@model", "ibmvscsi"));
}

/* What libvirt puts where the machine or the bus has it, whatever the document says. */
static bool is_fixed(const DwRuleContext *context)
{
    g_autofree char *index = rule_text(context, context->node, "@index");
    g_autofree char *model = rule_text(context, context->node, "@model");

    if (g_str_equal(context->kind, "hub") || is_of_pseries(context))
        return true;
    if (index && g_ascii_strtoull(index, NULL, 10) != 0)
        return false;
    if (context->guest.is_q35)
        return is_controller(context, "sata");
    return context->guest.is_pc &&
           (is_controller(context, "ide") ||
            (is_controller(context, "usb") && (!model || g_str_equal(model, "piix3-uhci"))));
}

/* The machine's own mouse and keyboard are where they are, whatever their address says. */
static bool is_builtin(const DwRuleContext *context)
{
    return g_str_equal(context->kind, "input") && rule_is(context, context->node, "@bus", "ps2");
}

/* USB that is none; its address is not read. */
static bool is_no_controller(const DwRuleContext *context)
{
    return g_str_equal(context->kind, "controller") &&
           rule_is(context, context->node, "@model", "none");
}

/* Devices of which libvirt does not use where they are. */
static bool is_nowhere(const DwRuleContext *context)
{
    g_autofree char *model = rule_text(context, context->node, "@model");

    return (g_str_equal(context->kind, "channel") &&
            rule_is(context, context->node, "target/@type", "virtio")) ||
           (g_str_equal(context->kind, "memory") && model && words_have("dimm nvdimm", model)) ||
           is_no_controller(context) ||
           (g_str_equal(context->kind, "video") &&
            rule_is(context, context->node, "model/@type", "none"));
}

/* What no device of a kind can have, wherever it sits. */
static void check_address_type(DwRuleContext *context, const char *type)
{
    const DwMachine *guest = &context->guest;
    DwSeverity severity = is_fixed(context) ? WARNING : ERROR;

    if (g_str_equal(type, "unassigned") && !g_str_equal(context->kind, "hostdev"))
        rule_report(context, "device-address-unassigned", severity, "address.type", type, NULL,
                    "address.type is unassigned, which only a hostdev can be; unset address.*.");
    if (g_str_equal(type, "dimm") && !g_str_equal(context->kind, "memory"))
        rule_report(context, "device-address-dimm", WARNING, "address.type", type, NULL,
                    "address.type is dimm, which only memory can be; unset address.*.");
    if (g_str_equal(type, "ccw") && (guest->is_x86 || guest->is_other) && !guest->is_s390)
        rule_report(context, "device-address-arch", severity, "address.type", type, NULL,
                    "address.type is ccw, which only machines of s390x have; unset address.* and "
                    "libvirt finds a place.");
}

/* Models that sit on one bus only. False: none of these. */
static bool check_bus(DwRuleContext *context, const char *type)
{
    static const struct {
        const char *kind, *model, *type; /* type NULL: on none */
    } fixed[] = {
        {"panic", "pvpanic", "pci"}, {"watchdog", "i6300esb", "pci"}, {"iommu", "virtio", "pci"},
        {"iommu", "intel", NULL},    {"iommu", "smmuv3", NULL},       {"panic", "isa", "isa"},
        {"panic", "hyperv", NULL},   {"panic", "pseries", NULL},      {"panic", "s390", NULL},
        {"watchdog", "ib700", NULL}, {"watchdog", "diag288", NULL},   {"watchdog", "itco", NULL}};
    g_autofree char *model = rule_device_model(context);

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (!g_str_equal(fixed[i].kind, context->kind) || g_strcmp0(fixed[i].model, model) != 0 ||
            g_strcmp0(fixed[i].type, type) == 0)
            continue;
        rule_report(context, "device-address-arch", ERROR, "address.type", type, NULL,
                    "address.type is %s, but a %s of model %s is on %s; unset address.*.", type,
                    context->kind, model, fixed[i].type ? fixed[i].type : "no bus");
        return true;
    }
    return false;
}

/* Buses that machines of x86 have not, and models that sit on one bus only. */
static void rule_address_type(DwRuleContext *context)
{
    static const char *const others[] = {"spapr-vio", "virtio-s390", NULL};

    if (!context->guest.is_qemu)
        return;
    g_autofree char *type = rule_attribute(context, context->node, "address", "type");
    if (!type || rule_is_unread(context, context->node))
        return;
    if (g_str_equal(type, "dimm") &&
        !rule_has(context, node_child(context->document, context->node, "address"), "slot"))
        rule_report(context, "device-address-slot", is_no_controller(context) ? WARNING : ERROR,
                    "address.slot", NULL, NULL,
                    "address.slot is missing; address.type dimm needs it. Unset address.* and "
                    "libvirt finds a place.");
    if (is_nowhere(context))
        return;
    check_address_type(context, type);
    if (is_builtin(context) || check_bus(context, type) || !context->guest.is_x86)
        return;
    if (g_str_equal(type, "virtio-mmio") && !context->guest.is_bare)
        rule_report(context, "device-address-mmio", WARNING, "address.type", type, NULL,
                    "address.type is virtio-mmio, which machines of x86 have not; unset "
                    "address.*, or the guest will not start.");
    /* A controller of IBM's is of their machines, and libvirt leaves it at that. */
    if (g_str_equal(type, "spapr-vio") && rule_is(context, context->node, "@model", "ibmvscsi"))
        return;
    if (g_strv_contains(others, type))
        rule_report(
            context, "device-address-arch", g_str_equal(type, "spapr-vio") ? WARNING : ERROR,
            "address.type", type, NULL,
            "address.type is %s, which machines of x86 have not; unset address.* and libvirt "
            "finds a place.",
            type);
}

const DwRule rules_places[] = {
    {rule_drives_of_host, {"hostdev"}},
    {rule_ports, {"port"}},
    {rule_buses_unique, {"devno", "reg"}},
    {NULL},
};
const DwRule rules_address[] = {
    {rule_type, {"address"}},
    {rule_disk_mmio, {"address"}},
    {rule_drive, {"address"}},
    {NULL},
};
const DwRule rules_device_address[] = {
    {rule_address_type, {"address"}},
    {rule_numbers, {"address"}},
    {rule_redirected, {"usbdev"}},
    {NULL},
};
