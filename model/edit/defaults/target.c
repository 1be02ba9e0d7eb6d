/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk's place in the guest: bus from name and name from bus, the first name that is free, the
 * SCSI controller it may need, and the address a new bus makes void. Used by disk.c.
 */
#include "edit/defaults/target.h"

#include <string.h>

#include "edit/defaults/unsaid.h"
#include "guest/controller.h"
#include "guest/disk.h"
#include "guest/machine.h"
#include "host/capabilities.h"

#define INFO    DW_SEVERITY_INFO
#define WARNING DW_SEVERITY_WARNING

/* x86 without a machine type becomes what the host likes best; sata is on all of them. */
static DwMachine machine_of(const DwDefaults *defaults)
{
    DwMachine machine;

    guest_machine_read(defaults->context->document, NULL, &machine);
    return machine;
}

static const char *bus_elsewhere(const DwDefaults *defaults, bool cdrom)
{
    g_autofree char *type = dw_get_string(defaults->context->document, "type");

    if (cdrom)
        return "ide";
    return g_strcmp0(type, "xen") == 0 ? "xen" : g_strcmp0(type, "vmware") == 0 ? "scsi" : "ide";
}

/* Windows brings no driver for virtio. */
static bool is_built_for_windows(const DwDefaults *defaults)
{
    const GPtrArray *edits = defaults->context->edits;

    if (!(defaults->context->flags & DW_APPLY_NEW))
        return false;
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *edit = edits->pdata[i];
        if (edit->verb == DW_VERB_PRESET && g_str_equal(edit->id, "windows"))
            return !machine_of(defaults).is_other;
    }
    return false;
}

static const char *bus_for_device(const DwDefaults *defaults)
{
    DwMachine machine = machine_of(defaults);
    bool cdrom = defaults_is(defaults, "device", "cdrom");

    if (defaults_is(defaults, "device", "floppy"))
        return "fdc";
    if (!defaults_for_qemu(defaults))
        return bus_elsewhere(defaults, cdrom);
    if (defaults_is(defaults, "device", "lun"))
        return "scsi";
    if (!cdrom && !is_built_for_windows(defaults))
        return "virtio";
    return machine.is_pc ? "ide" : machine.is_other ? "scsi" : "sata";
}

/* The first of what suits the device that the host has too; what it does not say it may have. */
static const char *bus_on_host(const DwDefaults *defaults, const char *wanted)
{
    static const char *const others[] = {"virtio", "sata", "scsi", "ide", "usb", NULL};
    const DwHost *host = defaults->context->host;
    const char *const *offered = NULL;
    bool cdrom = defaults_is(defaults, "device", "cdrom");

    if (host->domain_capabilities &&
        domain_capabilities_concern(host->domain_capabilities, host->capabilities,
                                    defaults->context->document))
        offered = domain_capabilities_values(host->domain_capabilities, "disk.target.bus");
    if (!offered || g_strv_contains(offered, wanted) || g_str_equal(wanted, "fdc"))
        return wanted;
    for (size_t i = cdrom ? 1 : 0; others[i]; i++)
        if (g_strv_contains(offered, others[i]))
            return others[i];
    return wanted;
}

static bool adds_scsi_controller(const DwEdit *edit)
{
    const DwValue *type = dw_settings_get(edit->values, "type");

    return edit->verb == DW_VERB_ADD && g_str_equal(edit->kind, "controller") && type &&
           type->type == DW_VALUE_STRING && g_str_equal(type->s, "scsi");
}

static bool adds_controllers(const DwDefaults *defaults)
{
    const GPtrArray *edits = defaults->context->edits;

    for (guint i = 0; i < edits->len; i++)
        if (adds_scsi_controller(edits->pdata[i]))
            return true;
    return false;
}

/* Now, or when all edits of the call are done: libvirt writes controllers behind disks. */
static bool has_scsi_controller(const DwDefaults *defaults)
{
    return controller_exists(defaults->context->document, "scsi", NULL, DW_NODE_NONE) ||
           adds_controllers(defaults);
}

/* A CD-ROM called sdX needs no SCSI controller where there is SATA. */
static const char *bus_for_cdrom_sd(const DwDefaults *defaults)
{
    bool sata = defaults_for_qemu(defaults) && !machine_of(defaults).is_other;

    return sata && !has_scsi_controller(defaults) ? "sata" : "scsi";
}

static const char *bus_for_name(const DwDefaults *defaults, const char *name)
{
    static const struct {
        const char *prefix, *bus;
    } buses[] = {{"vd", "virtio"}, {"hd", "ide"},  {"sd", "scsi"},
                 {"fd", "fdc"},    {"xvd", "xen"}, {"ubd", "uml"}};

    for (size_t i = 0; i < G_N_ELEMENTS(buses); i++)
        if (g_str_has_prefix(name, buses[i].prefix)) {
            /* q35 has no IDE, and a name is only a name. */
            if (g_str_equal(buses[i].bus, "ide") && machine_of(defaults).is_q35)
                return "sata";
            if (g_str_equal(buses[i].bus, "scsi") && defaults_is(defaults, "device", "cdrom"))
                return bus_for_cdrom_sd(defaults);
            return buses[i].bus;
        }
    return NULL;
}

static char *free_name(const DwDefaults *defaults, const char *bus)
{
    return disk_free_name(defaults->context->document, defaults->context->host->running, bus);
}

static bool is_ide_full(const DwDefaults *defaults)
{
    g_autofree char *name = free_name(defaults, "ide");

    return machine_of(defaults).is_pc && disk_index(name) > 3;
}

static void default_bus(const DwDefaults *defaults)
{
    g_autofree char *name = defaults_text(defaults, "target.dev");
    const char *bus = name ? bus_for_name(defaults, name) : NULL;
    const char *why = "by target.dev";

    if (defaults_asked(defaults, "target.bus"))
        return;
    if (!bus) {
        bus = bus_on_host(defaults, bus_for_device(defaults));
        why = "what suits the device";
        if (g_str_equal(bus, "ide") && is_ide_full(defaults)) {
            bus = "sata";
            why = "because ide has no place left";
        }
    }
    defaults_take(defaults, "disk-bus-default", INFO, "target.bus", dw_value_string(bus),
                  "target.bus is %s, %s.", bus, why);
}

static void default_name(const DwDefaults *defaults)
{
    g_autofree char *bus = defaults_text(defaults, "target.bus");
    g_autofree char *name = NULL;

    if (defaults_asked(defaults, "target.dev"))
        return;
    name = free_name(defaults, bus);
    defaults_take(defaults, "disk-target-default", INFO, "target.dev", dw_value_string(name),
                  "target.dev is %s, the first free name for target.bus %s.", name, bus);
}

static void add_controller(const DwDefaults *defaults, uint64_t index, const char *model)
{
    DwDocument *document = defaults->context->document;
    DwNode devices = devices_node(document), controller;
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, index);

    if (devices == DW_NODE_NONE)
        devices = node_add_child(document, document_root(document), "devices");
    controller = node_add_child(document, devices, "controller");
    node_set_attribute(document, controller, "type", "scsi");
    node_set_attribute(document, controller, "index", number);
    node_set_attribute(document, controller, "model", model);
}

/* The index of the last SCSI controller and its model, or NULL. */
static char *last_scsi_controller(const DwDocument *document, uint64_t *ret_index)
{
    DwNode last = DW_NODE_NONE;

    for (DwNode node = device_next(document, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "controller", node)) {
        uint64_t index = 0;
        if (!node_attribute_is(document, node, "type", "scsi"))
            continue;
        lens_number(document, node, "@index", &index);
        if (last == DW_NODE_NONE || index >= *ret_index) {
            last = node;
            *ret_index = index;
        }
    }
    return last == DW_NODE_NONE ? NULL : node_attribute(document, last, "model");
}

#define MOST_CONTROLLERS 32

/* The letters of a disk's name say which controller it is on: libvirt adds those that are missing,
 * of a model of its own. */
static void default_more_controllers(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    g_autofree char *name = defaults_text(defaults, "target.dev");
    uint64_t last = 0, wanted = name ? disk_controller_of_name(document, "scsi", name) : 0;
    g_autofree char *model = last_scsi_controller(document, &last);

    if (!model || g_str_equal(model, "lsilogic") || wanted <= last || wanted >= MOST_CONTROLLERS ||
        defaults_asked_any(defaults, "address.") || adds_controllers(defaults))
        return;
    for (uint64_t index = last + 1; index <= wanted; index++)
        add_controller(defaults, index, model);
    defaults_say(defaults, "disk-scsi-controller", INFO, "target.dev",
                 "target.dev is %s, which is on SCSI controller %u; controllers up to that are "
                 "added, of model %s as the others.",
                 name, (unsigned)wanted, model);
}

/* libvirt would add a controller of its own, of a model that few guests have a driver for. */
static void default_controller(const DwDefaults *defaults)
{
    if (!defaults_is(defaults, "target.bus", "scsi") || !defaults_for_qemu(defaults) ||
        machine_of(defaults).is_other)
        return;
    if (has_scsi_controller(defaults)) {
        if (defaults->device == DW_NODE_NONE)
            default_more_controllers(defaults);
        return;
    }
    if (defaults->device != DW_NODE_NONE) {
        defaults_say(
            defaults, "disk-scsi-controller", WARNING, "target.bus",
            "target.bus is scsi, but the domain has no SCSI controller; libvirt adds one of "
            "model lsilogic. Add a controller of model virtio-scsi.");
        return;
    }
    add_controller(defaults, 0, "virtio-scsi");
    defaults_say(
        defaults, "disk-scsi-controller", INFO, "target.bus",
        "target.bus is scsi, and the domain had no SCSI controller; one of model virtio-scsi "
        "is added.");
}

/* The address belongs to a controller of the old bus. */
static void drop_address(const DwDefaults *defaults)
{
    static const char *const address[] = {"address.*", NULL};
    const DwDocument *document = defaults->context->document;
    const char *gone = defaults_gone(defaults, "target.bus");
    const char *old = gone ? gone : disk_bus(document, defaults->device);
    g_autofree char *bus = defaults_word(defaults, "target.bus");
    g_autofree char *type = lens_text(document, defaults->device, "address/@type", NULL);

    if (!(gone || defaults_asked(defaults, "target.bus")) || !type || g_strcmp0(old, bus) == 0 ||
        defaults_asked_any(defaults, "address."))
        return;
    edit_unset(defaults->context, "disk", defaults->device, address, NULL);
    defaults_say(
        defaults, "disk-address-drops", INFO, "address.type",
        "address.* (type %s) is dropped: it was on target.bus %s, and target.bus is now %s. "
        "libvirt finds a new place.",
        type, old ? old : "unknown", bus ? bus : "unset");
}

/* On some buses the number in the name is what libvirt tells disks from each other by, and sda has
 * that of vda. */
static void change_name(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    g_autofree char *bus = defaults_word(defaults, "target.bus");
    g_autofree char *old = defaults_text(defaults, "target.dev");
    g_autofree char *own = defaults_text(defaults, "alias");

    if (!bus || !old || !defaults_turned(defaults, "target.bus") ||
        defaults_asked(defaults, "target.dev") || g_str_has_prefix(old, disk_name_prefix(bus)) ||
        (own && g_str_has_prefix(own, "ua-")) || !defaults_for_qemu(defaults))
        return;
    g_autofree char *alias = disk_alias_of_name(bus, old);
    g_autoptr(GHashTable) aliases = disk_aliases(document);
    gpointer other;
    if (!alias || !g_hash_table_lookup_extended(aliases, alias, NULL, &other))
        return;
    g_autofree char *name = free_name(defaults, bus);
    g_autofree char *other_id = device_id(document, GPOINTER_TO_INT(other));
    defaults_take(defaults, "disk-target-follows", INFO, "target.dev", dw_value_string(name),
                  "target.dev is %s instead of %s: on target.bus %s libvirt could not tell that "
                  "from %s.",
                  name, old, bus, other_id);
    edit_move(defaults->context, old, name);
}

void defaults_for_target(const DwDefaults *defaults)
{
    if (defaults->device == DW_NODE_NONE) {
        default_bus(defaults);
        default_name(defaults);
        default_controller(defaults);
        return;
    }
    drop_address(defaults);
    change_name(defaults);
    if (defaults_asked(defaults, "target.bus"))
        default_controller(defaults);
}
