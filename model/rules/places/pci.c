/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on controllers and the PCI topology: addresses two devices claim, indices, and roots that
 * fit the machine. Run once for each document.
 */
#include <string.h>

#include "common/words.h"
#include "keys/devices.h"
#include "rules/facts.h"
#include "rules/number-table.h"
#include "rules/tables.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* Of pSeries. */
#define LAST_HOST_BRIDGE 30
#define LAST_INDEX       255

/* ---- Addresses ---- */

static guint place_hash(const void *data)
{
    const DwPciPlace *place = data;

    return ((place->domain * 31 + place->bus) * 31 + place->slot) * 31 + place->function;
}

static gboolean place_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(DwPciPlace)) == 0;
}

static void report_place(DwRuleContext *context, const DwPciPlace *place, DwNode first, DwNode node)
{
    g_autofree char *kind = node_name(context->document, node);
    g_autofree char *id = device_id(context->document, first);
    g_autofree char *other = node_name(context->document, first);

    rule_look_at(context, kind, node);
    rule_report(context, "pci-address-unique", ERROR, "address.slot", NULL, NULL,
                "address.slot and the rest (%04x:%02x:%02x.%x) are those of %s %s, too; unset "
                "address.* and libvirt finds a place.",
                place->domain, place->bus, place->slot, place->function, other, id);
    rule_look_back(context);
}

static void rule_addresses(DwRuleContext *context)
{
    const GArray *devices = rule_pci_devices(context);
    g_autoptr(GHashTable) seen = g_hash_table_new(place_hash, place_equal);

    for (guint i = 0; i < devices->len; i++) {
        DwPciDevice *device = &g_array_index(devices, DwPciDevice, i);
        gpointer first;

        if (rule_is_mirror(context, device->node))
            continue;
        if (g_hash_table_lookup_extended(seen, &device->place, NULL, &first))
            report_place(context, &device->place, GPOINTER_TO_INT(first), device->node);
        else
            g_hash_table_insert(seen, &device->place, GINT_TO_POINTER(device->node));
    }
}

/* ---- Places of the machine's own devices ---- */

/* On bus 0. Without type nobody can have it; else only the controller of that type and index 0. */
static const struct {
    bool q35;
    unsigned slot, function;
    const char *type;
} builtins[] = {
    {true, 0x1f, 0, NULL}, {true, 0x1f, 3, NULL}, {true, 0x1f, 2, "sata"}, {false, 1, 0, NULL},
    {false, 1, 3, NULL},   {false, 1, 1, "ide"},  {false, 1, 2, "usb"},
};

/* Is it the controller that the machine has at such a place? The USB of pc machines can be another
 * model, which is nowhere in particular. */
static bool is_builtin(const DwRuleContext *context, DwNode node, const char *type)
{
    uint64_t index = 0;

    if (!node_is(context->document, node, "controller") ||
        !node_attribute_is(context->document, node, "type", type))
        return false;
    lens_number(context->document, node, "@index", &index);
    return index == 0;
}

static bool is_at_home(const DwRuleContext *context, DwNode node, const char *type)
{
    g_autofree char *model = node_attribute(context->document, node, "model");

    return !g_str_equal(type, "usb") || !model || g_str_equal(model, "piix3-uhci");
}

/* Has the machine that controller, written or not? */
static bool has_builtin(const DwRuleContext *context, const char *type)
{
    bool any = false;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        any |= node_attribute_is(context->document, node, "type", type);
        if (is_builtin(context, node, type))
            return is_at_home(context, node, type);
    }
    if (!g_str_equal(type, "ide"))
        return true; /* libvirt adds it */
    for (DwNode node = rule_device(context, "disk", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "disk", node))
        if (rule_is(context, node, "target/@bus", "ide"))
            return true;
    return any;
}

/* What is known of the machine's own controllers, so that no other device asks again. */
typedef enum { UNKNOWN, HAS, HAS_NOT } Known;

static bool is_taken(const DwRuleContext *context, size_t i, Known *known)
{
    if (!builtins[i].type)
        return true;
    if (known[i] == UNKNOWN)
        known[i] = has_builtin(context, builtins[i].type) ? HAS : HAS_NOT;
    return known[i] == HAS;
}

/* NULL: the place is free for the device. */
static const char *whose_place(const DwRuleContext *context, DwNode node, const DwPciPlace *place,
                               Known *known)
{
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++) {
        const char *type = builtins[i].type;
        bool is_there = place->domain == 0 && place->bus == 0 && place->slot == builtins[i].slot &&
                        place->function == builtins[i].function;

        if (builtins[i].q35 != context->guest.is_q35)
            continue;
        if (type && is_builtin(context, node, type)) {
            if (!is_there && is_at_home(context, node, type))
                return "nowhere";
            return NULL;
        }
        if (is_there && is_taken(context, i, known))
            return type ? type : "";
    }
    return NULL;
}

static void rule_builtins(DwRuleContext *context)
{
    Known known[G_N_ELEMENTS(builtins)] = {UNKNOWN};

    if (!context->guest.is_q35 && !context->guest.is_pc)
        return;
    const GArray *devices = rule_pci_devices(context);
    for (guint i = 0; i < devices->len; i++) {
        DwNode node = g_array_index(devices, DwPciDevice, i).node;
        DwPciPlace place = g_array_index(devices, DwPciDevice, i).place;
        const char *type = whose_place(context, node, &place, known);

        if (!type)
            continue;
        g_autofree char *kind = node_name(context->document, node);
        rule_look_at(context, kind, node);
        if (g_str_equal(type, "nowhere"))
            rule_report(context, "pci-address-builtin", ERROR, "address.slot", NULL, NULL,
                        "address.slot and the rest (%04x:%02x:%02x.%x) are not where the machine "
                        "has its own controller; unset address.*.",
                        place.domain, place.bus, place.slot, place.function);
        else
            rule_report(context, "pci-address-builtin", ERROR, "address.slot", NULL, NULL,
                        "address.slot and the rest (%04x:%02x:%02x.%x) are where the machine has "
                        "its own %s%s; unset address.* and libvirt finds a place.",
                        place.domain, place.bus, place.slot, place.function,
                        *type ? "controller of type " : "bridge", type);
        rule_look_back(context);
    }
}

/* ---- Controllers ---- */

/* Several controllers of one index may only be a USB 2 controller with its companions, or, on
 * s390x, those of no model, which are none. */
static bool is_companion(const DwRuleContext *context, DwNode node)
{
    if (!node_attribute_is(context->document, node, "type", "usb"))
        return false;
    g_autofree char *model = node_attribute(context->document, node, "model");
    return model ? g_str_has_prefix(model, "ich9-uhci")
                 : context->guest.is_s390 && !rule_there(context, node, "address");
}

static void rule_indices(DwRuleContext *context)
{
    const DwDocument *document = context->document;

    if (!rule_has_two(context, "controller"))
        return;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        g_autofree char *type = node_attribute(document, node, "type");
        g_autofree char *index = node_attribute(document, node, "index");

        if (!type || !index || is_companion(context, node) ||
            g_hash_table_add(seen, g_strconcat(type, " ", index, NULL)))
            continue;
        rule_look_at(context, "controller", node);
        rule_report(context, "controller-index-unique", ERROR, "index", index, NULL,
                    "index %s belongs to two controllers of type %s; give one of them another.",
                    index, type);
        rule_look_back(context);
    }
}

/* The PCI controller without an index that libvirt numbers 0: the first, where none has that index;
 * or DW_NODE_NONE. */
static DwNode unnumbered_root(const DwRuleContext *context)
{
    DwNode first = DW_NODE_NONE;

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        g_autofree char *index = node_attribute(context->document, node, "index");

        if (!node_attribute_is(context->document, node, "type", "pci"))
            continue;
        if (index && g_ascii_strtoull(index, NULL, 10) == 0)
            return DW_NODE_NONE;
        if (!index && first == DW_NODE_NONE)
            first = node;
    }
    return first;
}

static void check_root(DwRuleContext *context, DwNode node, const char *model, DwNode unnumbered)
{
    const DwMachine *guest = &context->guest;
    bool is_express = guest->is_q35 || guest->is_arm || guest->is_virt;
    bool is_plain =
        guest->is_pc || guest->is_pseries || guest->is_s390 || guest->board == BOARD_PCI;
    const char *wanted = is_express ? "pcie-root" : is_plain ? "pci-root" : NULL;
    g_autofree char *index = node_attribute(context->document, node, "index");
    bool is_root = g_str_equal(model, "pci-root") || g_str_equal(model, "pcie-root");
    uint64_t number = index ? g_ascii_strtoull(index, NULL, 10) : 0;

    if (number > LAST_INDEX)
        rule_report(context, "controller-index", ERROR, "index", index, NULL,
                    "index is %s, but a PCI controller's is %d at most.", index, LAST_INDEX);
    if (is_root && wanted && !g_str_equal(model, wanted))
        rule_report(
            context, "controller-root-machine", ERROR, "model", model, NULL,
            "model is %s, but the machine's root is a %s; remove the controller, and libvirt "
            "makes the right one.",
            model, wanted);
    else if (!is_root && index && number == 0)
        rule_report(context, "controller-root-index", ERROR, "index", index, NULL,
                    "index is 0, which is the root's; a controller of model %s needs another.",
                    model);
    else if (!is_root && wanted && node == unnumbered)
        rule_report(context, "controller-root-index", ERROR, "index", NULL, NULL,
                    "index is missing, and libvirt takes 0, which is the root's; give the "
                    "controller of model %s another.",
                    model);
    if (is_root && !context->guest.is_pseries && number != 0)
        rule_report(context, "controller-root-index", ERROR, "index", index, NULL,
                    "index is %s, but a root's is 0.", index);
    if (is_root && context->guest.is_pseries && number > LAST_HOST_BRIDGE)
        rule_report(context, "controller-root-index", ERROR, "index", index, NULL,
                    "index is %s, but this machine has host bridges 0 to %d.", index,
                    LAST_HOST_BRIDGE);
    /* 12.8 has it for machine virt of ARM, too. */
    bool is_new = context->guest.is_arm && !rule_is_before(context, 11004000);
    if (is_root && (context->guest.is_other || context->guest.is_bare) &&
        rule_there(context, node, "pcihole64") && !(is_new && context->host->libvirt_version))
        rule_report(context, "controller-hole", is_new ? WARNING : ERROR, "pcihole64", NULL, NULL,
                    "pcihole64 is set, which only machines pc and q35 have; unset it.");
    if (is_root && rule_there(context, node, "address"))
        rule_report(context, "controller-root-address", ERROR, "address.type", NULL, NULL,
                    "address.type is set, but a root has no address; unset address.*.");
}

/* Which machines a PCI controller is for. */
static void check_model(DwRuleContext *context, const char *model, bool may_be_express)
{
    static const char *const express[] = {
        "pcie-root-port",    "pcie-switch-upstream-port", "pcie-switch-downstream-port",
        "pcie-expander-bus", "dmi-to-pci-bridge",         NULL};

    if (!context->guest.is_q35 && !context->guest.is_arm &&
        (context->guest.is_x86 || context->guest.is_other) &&
        g_str_equal(model, "pcie-expander-bus"))
        rule_report(context, "controller-model-machine", ERROR, "model", model, NULL,
                    "model is pcie-expander-bus, which only machines q35 and virt of ARM have; "
                    "remove the controller.");
    else if (!may_be_express && g_strv_contains(express, model))
        rule_report(context, "controller-model-machine", ERROR, "model", model, NULL,
                    "model is %s, which machines without PCI Express have not; pc machines take "
                    "pci-bridge.",
                    model);
    else if (!context->guest.is_pc && (context->guest.is_x86 || context->guest.is_other) &&
             g_str_equal(model, "pci-expander-bus"))
        rule_report(context, "controller-model-machine", ERROR, "model", model, NULL,
                    "model is pci-expander-bus, which only pc machines have; q35 machines take "
                    "pcie-expander-bus.");
}

/* The bridge to PCI that libvirt adds comes after all others, and a bus is of a lower number than
 * what sits on it. */
static void check_bridge(DwRuleContext *context, DwNode node, const char *model)
{
    const DwMachine *guest = &context->guest;

    if (!g_str_equal(model, "pci-bridge") || rule_there(context, node, "address") ||
        (!guest->is_q35 && !guest->is_arm && !guest->is_virt) || rule_has_pci_bridge(context))
        return;
    rule_report(context, "controller-bridge", ERROR, "model", model, NULL,
                "model is pci-bridge, which needs a controller of model pcie-to-pci-bridge before "
                "it on this machine; add one.");
}

static void check_node(DwRuleContext *context, DwNode node)
{
    uint64_t index = 1;
    g_autofree char *text =
        rule_may(context, "node") ? rule_text(context, node, "target/node") : NULL;
    uint64_t id;

    lens_number(context->document, node, "@index", &index);
    if (text && index == 0)
        rule_report(context, "controller-numa-node", ERROR, "target.node", text, NULL,
                    "target.node is %s, but the controller of index 0 is of no NUMA cell; unset "
                    "it.",
                    text);
    else if (text && lens_number(context->document, node, "target/node", &id) &&
             !rule_has_cell(context, id))
        rule_report(context, "controller-numa-node", ERROR, "target.node", text, NULL,
                    "target.node is %s, but the guest has no such NUMA cell.", text);
}

/* ---- Slots ---- */

/* The upstream port of a switch is a bus for its downstream ports. */
static const char *const narrow[] = {"pcie-root-port", "pcie-switch-downstream-port", NULL};

/* The controllers of PCI: that of each index, the first where there are several, and the highest.
 */
typedef struct {
    DwNumberTable *controllers; /* of DwNode */
    uint64_t highest;
    bool has_unnumbered; /* a controller whose index libvirt chooses */
} Buses;

static Buses read_buses(const DwRuleContext *context)
{
    Buses buses = {number_table_new(sizeof(DwNode)), 0, false};

    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        uint64_t index;

        if (!node_attribute_is(context->document, node, "type", "pci"))
            continue;
        if (!lens_number(context->document, node, "@index", &index)) {
            buses.has_unnumbered = true;
            continue;
        }
        buses.highest = MAX(buses.highest, index);
        if (!number_table_find(buses.controllers, index))
            *(DwNode *)number_table_add(buses.controllers, index) = node;
    }
    return buses;
}

/* The model of the PCI controller of that index; NULL: there is none, or it does not say. */
static char *model_of(const DwRuleContext *context, const Buses *buses, uint64_t index)
{
    const DwNode *node = number_table_find(buses->controllers, index);

    return node ? node_attribute(context->document, *node, "model") : NULL;
}

/* Which slots a bus has. A port has one; so has the port that libvirt adds to machines with PCI
 * Express where a bus has no controller; to others, and for plain devices behind all buses, it adds
 * a bridge. */
static bool has_slot(const DwRuleContext *context, const Buses *buses, DwNode node,
                     const DwPciPlace *place, char **ret_model)
{
    static const char *const bridges[] = {"pci-bridge", "pcie-to-pci-bridge", NULL};
    const DwMachine *guest = &context->guest;
    bool is_plain = guest->is_pc || guest->is_pseries || guest->is_s390; /* no PCI Express */
    bool is_express = guest->is_q35 || guest->is_arm || guest->is_virt;
    const char *model = *ret_model = model_of(context, buses, place->bus);

    /* Below other buses libvirt fills the gap. */
    if (!model && buses->has_unnumbered)
        return true;
    if (!model)
        model = is_plain || (is_express && rule_is_plain_pci(context, node) &&
                             place->bus >= buses->highest)
                    ? "pci-bridge"
                : is_express ? "pcie-root-port"
                             : "";
    return place->slot == 0 ? !g_strv_contains(bridges, model) : !g_strv_contains(narrow, model);
}

static void check_slot(DwRuleContext *context, const Buses *buses, DwNode node,
                       const DwPciPlace *place)
{
    uint64_t bus = place->bus, slot = place->slot;
    g_autofree char *model = NULL;

    if (has_slot(context, buses, node, place, &model))
        return;
    g_autofree char *kind = node_name(context->document, node);
    g_autofree char *value = g_strdup_printf("0x%02x", (unsigned)slot);
    rule_look_at(context, kind, node);
    if (slot == 0)
        rule_report(context, "pci-address-slot", ERROR, "address.slot", value, NULL,
                    "address.slot is %s, but the first slot of bus %u, a bridge, is 1; unset "
                    "address.* and libvirt finds a place.",
                    value, (unsigned)bus);
    else
        rule_report(context, "pci-address-slot", ERROR, "address.slot", value, NULL,
                    "address.slot is %s, but bus %u is a port with slot 0 only%s; unset address.* "
                    "and libvirt finds a place.",
                    value, (unsigned)bus, model ? "" : ", which libvirt adds");
    rule_look_back(context);
}

/* Some sit on the root itself: libvirt names what they "require". */
static void check_bus(DwRuleContext *context, const Buses *buses, DwNode node, uint64_t bus)
{
    g_autofree char *model = node_attribute(context->document, node, "model");
    g_autofree char *kind = node_name(context->document, node);
    g_autofree char *under = NULL;

    if (!model)
        return;
    if (g_str_equal(kind, "controller")) {
        if (!words_have("pci-expander-bus pcie-expander-bus dmi-to-pci-bridge", model))
            return;
        under = model_of(context, buses, bus);
        if (g_str_equal(model, "dmi-to-pci-bridge") && g_strcmp0(under, "pcie-expander-bus") == 0)
            return;
    } else if (!g_str_equal(kind, "iommu")) {
        return;
    }
    rule_look_at(context, kind, node);
    rule_report(context, "pci-address-root", ERROR, "address.bus", NULL, NULL,
                "address.bus is %u, but a %s of model %s sits on bus 0; unset address.* and "
                "libvirt finds a place.",
                (unsigned)bus, kind, model);
    rule_look_back(context);
}

static void check_domain(DwRuleContext *context, DwNode node, uint64_t domain)
{
    g_autofree char *kind = node_name(context->document, node);
    g_autofree char *value = g_strdup_printf("0x%04x", (unsigned)domain);

    rule_look_at(context, kind, node);
    rule_report(context, "pci-address-domain", ERROR, "address.domain", value, NULL,
                "address.domain is %s, but the guest's PCI has domain 0 only; unset address.* and "
                "libvirt finds a place.",
                value);
    rule_look_back(context);
}

static void rule_slots(DwRuleContext *context)
{
    if (!context->guest.is_qemu || (!context->guest.is_x86 && !context->guest.is_other))
        return;
    Buses buses = {NULL};
    const GArray *devices = rule_pci_devices(context);
    for (guint i = 0; i < devices->len; i++) {
        DwNode node = g_array_index(devices, DwPciDevice, i).node;
        DwPciPlace place = g_array_index(devices, DwPciDevice, i).place;

        if (place.domain != 0)
            check_domain(context, node, place.domain);
        if (place.bus == 0)
            continue;
        if (!buses.controllers)
            buses = read_buses(context);
        check_bus(context, &buses, node, place.bus);
        check_slot(context, &buses, node, &place);
    }
    number_table_free(buses.controllers);
}

static void check_ide(DwRuleContext *context, DwNode node)
{
    uint64_t index = 0;

    if (context->guest.is_q35)
        rule_report(context, "controller-ide-machine", ERROR, "type", "ide", NULL,
                    "type is ide, which q35 machines have not; remove the controller.");
    else if (context->guest.is_pc && lens_number(context->document, node, "@index", &index) &&
             index)
        rule_report(context, "controller-ide-single", ERROR, "index", NULL, NULL,
                    "index is %u, but pc machines have one IDE controller, of index 0; remove this "
                    "one.",
                    (unsigned)index);
}

/* The number by which pSeries knows a root: 0 is the first one's, and no other's, whatever the
 * machine. */
static void check_target(DwRuleContext *context, DwNode node)
{
    uint64_t index = 0, target;

    lens_number(context->document, node, "@index", &index);
    if (!lens_number(context->document, node, "target/@index", &target))
        return;
    if (context->guest.is_x86 || context->guest.is_s390) {
        rule_report(context, "controller-target-index", ERROR, "target.index", NULL, NULL,
                    "target.index is set, which only machines of ppc64 have; unset it.");
        return;
    }
    if ((target == 0) == (index == 0))
        return;
    g_autofree char *value = g_strdup_printf("%u", (unsigned)target);
    rule_report(context, "controller-target-index", ERROR, "target.index", value, NULL,
                "target.index is %s, but the controller of index 0 has 0, and no other has; %s.",
                value, index == 0 ? "unset it" : "set another");
}

/* Of another address than PCI's libvirt looks at the model of expanders only. */
static bool is_elsewhere(const DwRuleContext *context, DwNode node)
{
    g_autofree char *type = rule_attribute(context, node, "address", "type");

    return type && !g_str_equal(type, "pci");
}

static void rule_controllers(DwRuleContext *context)
{
    if (!context->guest.is_qemu)
        return;
    DwNode unnumbered = unnumbered_root(context);
    bool lacks_express = rule_lacks_express(context);
    for (DwNode node = rule_device(context, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = rule_device(context, "controller", node)) {
        g_autofree char *type = node_attribute(context->document, node, "type");
        bool is_pci = type && g_str_equal(type, "pci");
        g_autofree char *model = is_pci ? node_attribute(context->document, node, "model") : NULL;

        if (!type)
            continue;
        rule_look_at(context, "controller", node);
        if (model) {
            check_root(context, node, model, unnumbered);
            check_model(context, model, !lacks_express || is_elsewhere(context, node));
            check_bridge(context, node, model);
            check_node(context, node);
            check_target(context, node);
        } else if (g_str_equal(type, "ide")) {
            check_ide(context, node);
        }
    }
    rule_look_back(context);
}

const DwRule rules_pci[] = {
    {rule_addresses, {"address"}},           {rule_builtins, {"slot"}},
    {rule_slots, {"slot", "bus", "domain"}}, {rule_indices, {"controller"}},
    {rule_controllers, {"controller"}},      {NULL},
};
