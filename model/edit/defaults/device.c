/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is filled in for a device: what libvirt requires and a person would not think of, and what
 * follows from the source that is given. What libvirt chooses by itself is left to it. Used by the
 * add and modify verbs.
 */
#include "edit/defaults/device.h"

#include <string.h>

#include "common/words.h"
#include "edit/defaults/belongings.h"
#include "edit/defaults/channel.h"
#include "edit/defaults/disk.h"
#include "edit/defaults/graphics.h"
#include "edit/defaults/unsaid.h"
#include "guest/controller.h"
#include "guest/machine.h"
#include "keys/devices.h"
#include "keys/lens.h"
#include "rules/number-table.h"
#include "table/belongs.h"
#include "table/value-form.h"

/* Taken as they are where the device is new and the key is not given. */
static const struct {
    const char *kind, *key, *value;
} constants[] = {
    {"console", "type", "pty"},         {"serial", "type", "pty"},
    {"parallel", "type", "pty"},        {"hostdev", "mode", "subsystem"},
    {"memballoon", "model", "virtio"},  {"redirdev", "bus", "usb"},
    {"redirdev", "type", "spicevmc"},   {"rng", "model", "virtio"},
    {"rng", "backend.model", "random"}, {"sound", "model", "ich9"},
    {"watchdog", "model", "i6300esb"},
};

/* The first of a kind's whose key is given says what the type is. */
static const struct {
    const char *kind, *given, *key, *value;
} inferred[] = {
    {"interface", "source.network", "type", "network"},
    {"interface", "source.bridge", "type", "bridge"},
    {"interface", "source.path", "type", "vhostuser"},
    {"interface", "source.path", "source.type", "unix"},
    {"interface", "source.dev", "type", "direct"},
    {"interface", "source.name", "type", "internal"},
    {"hostdev", "source.address", "type", "pci"},
    {"hostdev", "source.vendor", "type", "usb"},
    {"hostdev", "source.address.device", "type", "usb"},
    {"hostdev", "source.address.uuid", "type", "mdev"},
    {"hostdev", "source.adapter.name", "type", "scsi"},
    {"hostdev", "source.wwpn", "type", "scsi_host"},
    {"hostdev", "source.wwpn", "source.protocol", "vhost"},
    {"tpm", "backend.device.path", "backend.type", "passthrough"},
    {"filesystem", "source.file", "type", "file"},
    {"filesystem", "source.dev", "type", "block"},
    {"filesystem", "source.usage", "type", "ram"},
    {"input", "source.evdev", "type", "passthrough"},
    {"input", "source.dev", "type", "evdev"},
};

#define RULE "device-default"

static void take(const DwDefaults *defaults, const char *key, const char *value, const char *why)
{
    if (!defaults_asked(defaults, key))
        defaults_take(defaults, RULE, DW_SEVERITY_INFO, key, dw_value_string(value), "%s is %s%s.",
                      key, value, why);
}

static void infer(const DwDefaults *defaults)
{
    for (size_t i = 0; i < G_N_ELEMENTS(inferred); i++)
        if (g_str_equal(inferred[i].kind, defaults->kind) &&
            defaults_asked(defaults, inferred[i].given)) {
            g_autofree char *why = g_strconcat(", as ", inferred[i].given, " is given", NULL);
            take(defaults, inferred[i].key, inferred[i].value, why);
        }
}

/* Does the device, as its key by is, not have the key? */
static bool does_not_fit(const DwDefaults *defaults, const char *key, const char *by)
{
    g_autofree char *is = defaults_text(defaults, by);
    DwBelonging belonging;

    for (unsigned at = 0; is && belonging_next(defaults->kind, key, &at, &belonging);)
        if (g_str_equal(belonging.by, by) && !belonging.of && !belonging_allows(&belonging, is))
            return true;
    return !is;
}

/* A device of the host under a network in user mode is passt's, where that does the networking. */
static bool is_not_of_user(const DwDefaults *defaults, const char *given)
{
    return g_str_equal(defaults->kind, "interface") && g_str_equal(given, "source.dev") &&
           defaults_is(defaults, "type", "user") && !defaults_is(defaults, "backend.type", "passt");
}

/* A source of another type is the wish for that type, unless the one there is has it as well. */
static void infer_change(const DwDefaults *defaults)
{
    for (size_t i = 0; i < G_N_ELEMENTS(inferred); i++) {
        const char *key = inferred[i].key, *value = inferred[i].value;

        /* An address of one bus is no wish for another: it would be lost. */
        if (!g_str_equal(inferred[i].kind, defaults->kind) || defaults_asked(defaults, key) ||
            g_str_has_prefix(inferred[i].given, "source.address") ||
            !defaults_asked(defaults, inferred[i].given))
            continue;
        if (does_not_fit(defaults, inferred[i].given, key) ||
            is_not_of_user(defaults, inferred[i].given))
            defaults_take(defaults, RULE, DW_SEVERITY_INFO, key, dw_value_string(value),
                          "%s is now %s, as %s is given.", key, value, inferred[i].given);
    }
}

/* The address of a host's PCI function is none of a socket. */
static void infer_function(const DwDefaults *defaults)
{
    static const DwRow row = {.form = DW_FORM_PCI};
    const DwValue *address = dw_settings_get(defaults->values, "source.address");
    DwValue coerced;

    if (!address || !form_coerce(&row, "source.address", address, &coerced, NULL))
        return;
    dw_value_clear(&coerced);
    take(defaults, "type", "hostdev", ", as source.address is of a PCI device");
}

static bool lacks_required(const DwDefaults *defaults)
{
    const char *key = required_key(defaults->kind);

    return key && !defaults_asked(defaults, key);
}

static bool refuse_lack(const DwDefaults *defaults, GError **error)
{
    const char *key = required_key(defaults->kind);
    GError *fault = g_error_new(DW_ERROR, DW_ERROR_INVALID_VALUE,
                                "Key \"%s\" of kind \"%s\" must be given, such as \"%s\".", key,
                                defaults->kind, required_example(defaults->kind, key));

    return edit_fault(defaults->context, defaults->kind, key, NULL, fault, error);
}

/* An address of libvirt's own choice would give the interface another id. */
static void default_mac(const DwDefaults *defaults)
{
    g_autofree char *type = dw_get_string(defaults->context->document, "type");
    const char *prefix = g_strcmp0(type, "xen") == 0 ? "00:16:3e" : "52:54:00";
    g_autofree char *address = NULL;

    do {
        guint32 number = g_random_int();
        g_free(address);
        address = g_strdup_printf("%s:%02x:%02x:%02x", prefix, number >> 16 & 0xff,
                                  number >> 8 & 0xff, number & 0xff);
    } while (device_find(defaults->context->document, "interface", address, NULL) != DW_NODE_NONE);
    take(defaults, "mac.address", address, ", made at random");
}

static void add_indices(const DwDocument *document, const char *type, DwNumberTable *taken)
{
    uint64_t index;

    for (DwNode node = device_next(document, "controller", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "controller", node))
        if (node_attribute_is(document, node, "type", type) &&
            lens_number(document, node, "@index", &index))
            number_table_add(taken, index);
}

/* From the first on, of the controllers of a type; also in the running domain, where there is one.
 */
static unsigned free_index(const DwDefaults *defaults, const char *type, unsigned first)
{
    g_autoptr(DwNumberTable) taken = number_table_new(0);

    add_indices(defaults->context->document, type, taken);
    if (defaults->context->host->running)
        add_indices(defaults->context->host->running, type, taken);
    while (number_table_find(taken, first))
        first++;
    return first;
}

/* libvirt would give one and so another id. PCI's 0 is the root, which libvirt makes. */
static void default_index(const DwDefaults *defaults)
{
    if (defaults_asked(defaults, "index"))
        return;
    g_autofree char *type = defaults_text(defaults, "type");
    g_autofree char *model = defaults_text(defaults, "model");
    bool has_root = strcmp(type, "pci") == 0 && !(model && g_str_has_suffix(model, "-root"));
    g_autofree char *text = g_strdup_printf("%u", free_index(defaults, type, has_root));
    take(defaults, "index", text, ", the first that is free");
}

/* What libvirt then makes few guests have a driver for; machines of x86 only. */
static void warn_of_model(const DwDefaults *defaults)
{
    DwMachine machine;

    guest_machine_read(defaults->context->document, NULL, &machine);
    if (defaults_is(defaults, "type", "scsi") && !defaults_asked(defaults, "model") &&
        machine.is_qemu && machine.is_x86)
        defaults_say(defaults, "controller-model-missing", DW_SEVERITY_WARNING, "model",
                     "model is not set, and libvirt makes a SCSI controller of model lsilogic; set "
                     "virtio-scsi, unless the guest has a driver for that only.");
}

/* Have all cards of the guest that have a model one of virtio's, and is there any? */
static bool has_virtio_cards(const DwDocument *document)
{
    bool some = false;

    for (DwNode node = device_next(document, "interface", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "interface", node)) {
        g_autofree char *model = lens_text(document, node, "model/@type", NULL);
        if (model && !g_str_has_prefix(model, "virtio"))
            return false;
        some |= model != NULL;
    }
    return some;
}

static bool is_by_preset(const DwEditContext *context)
{
    for (guint i = 0; i < context->edits->len; i++)
        if (((const DwEdit *)context->edits->pdata[i])->verb == DW_VERB_PRESET)
            return true;
    return false;
}

/* The first key that is asked for and that only cards of virtio's have, or NULL. */
static const char *needs_virtio(const DwDefaults *defaults)
{
    DwBelonging belonging;

    for (size_t i = 0; i < dw_settings_count(defaults->values); i++) {
        const char *key = dw_settings_key(defaults->values, i);

        for (unsigned at = 0; belonging_next("interface", key, &at, &belonging);)
            if (!belonging.of && g_str_equal(belonging.by, "model.type") &&
                belonging_allows(&belonging, "virtio"))
                return key;
    }
    return NULL;
}

/* libvirt's own choice is a card of 1999, which works everywhere and is slow: that is said, unless
 * the guest is known to have drivers for another. Presets choose themselves. */
static void default_card(const DwDefaults *defaults)
{
    DwMachine machine;

    guest_machine_read(defaults->context->document, defaults->context->host, &machine);
    if (defaults_asked(defaults, "model.type") || defaults_is(defaults, "type", "hostdev") ||
        defaults_is(defaults, "type", "vdpa") || !machine.is_qemu || machine.is_test ||
        !machine.is_x86 || is_by_preset(defaults->context))
        return;
    const char *needs = needs_virtio(defaults);
    g_autofree char *why = needs ? g_strdup_printf(", which %s needs", needs) : NULL;
    if (needs)
        take(defaults, "model.type", "virtio", why);
    else if (has_virtio_cards(defaults->context->document))
        take(defaults, "model.type", "virtio", ", as other cards of the guest are");
    else
        defaults_say(defaults, "interface-model-missing", DW_SEVERITY_INFO, "model.type",
                     "model.type is not set, and libvirt makes the card one of rtl8139; set virtio "
                     "where the guest has a driver for that.");
}

/* libvirt would leave the device to the host's driver, and the guest would not start. */
static void take_managed(const DwDefaults *defaults)
{
    take(defaults, "managed", "yes", ": libvirt takes the device from the host for the guest");
}

/* Machines of x86 have four ports on ISA, which libvirt makes of all that do not say; of a fifth it
 * stores what it does not take again. */
static void default_port(const DwDefaults *defaults)
{
    const DwDocument *document = defaults->context->document;
    unsigned n = 0;
    DwMachine machine;

    guest_machine_read(document, defaults->context->host, &machine);
    for (DwNode node = device_next(document, "serial", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "serial", node)) {
        g_autofree char *type = lens_text(document, node, "target/@type", NULL);
        n += !type || g_str_equal(type, "isa-serial");
    }
    if (machine.is_qemu && machine.is_x86 && n >= 4)
        take(defaults, "target.type", "usb-serial", ": the ports on ISA are taken");
}

/* libvirt's own choice is a model that QEMU has no longer; no other has both a size and a server.
 */
static void default_memory(const DwDefaults *defaults)
{
    bool has_server = defaults_asked_true(defaults, "server") ||
                      defaults_asked(defaults, "server.path") ||
                      defaults_asked_any(defaults, "msi");

    if (defaults_for_qemu(defaults) && !(has_server && defaults_asked(defaults, "size")))
        take(defaults, "model.type", has_server ? "ivshmem-doorbell" : "ivshmem-plain",
             has_server ? ", the one with a server" : " by default");
}

static bool default_new_device(const DwDefaults *defaults, GError **error)
{
    infer(defaults);
    if (lacks_required(defaults))
        return refuse_lack(defaults, error);
    for (size_t i = 0; i < G_N_ELEMENTS(constants); i++)
        if (g_str_equal(constants[i].kind, defaults->kind))
            take(defaults, constants[i].key, constants[i].value, " by default");
    if (g_str_equal(defaults->kind, "interface")) {
        infer_function(defaults);
        take(defaults, "type", "user", " by default");
        if (defaults_is(defaults, "type", "vhostuser"))
            take(defaults, "model.type", "virtio", ", which vhostuser needs");
        if (defaults_is(defaults, "type", "hostdev"))
            take_managed(defaults);
        default_card(defaults);
        default_mac(defaults);
    } else if (g_str_equal(defaults->kind, "serial")) {
        default_port(defaults);
    } else if (g_str_equal(defaults->kind, "shmem")) {
        default_memory(defaults);
    } else if (g_str_equal(defaults->kind, "controller")) {
        default_index(defaults);
        warn_of_model(defaults);
    } else if (g_str_equal(defaults->kind, "hostdev") && defaults_is(defaults, "type", "pci")) {
        take_managed(defaults);
    } else if (g_str_equal(defaults->kind, "hostdev") && defaults_is(defaults, "type", "mdev")) {
        take(defaults, "model", "vfio-pci", " by default");
    } else if (g_str_equal(defaults->kind, "tpm")) {
        take(defaults, "backend.type", "emulator", " by default");
    } else if (g_str_equal(defaults->kind, "rng") &&
               defaults_is(defaults, "backend.model", "random")) {
        take(defaults, "backend", "/dev/urandom", " by default");
    } else if (g_str_equal(defaults->kind, "vsock") && !defaults_asked(defaults, "cid.address")) {
        take(defaults, "cid.auto", "yes", " by default");
    }
    return true;
}

/* An interface on a function of the host's has its address in PCI's form. */
static void default_function(const DwDefaults *defaults)
{
    if (g_str_equal(defaults->kind, "interface") && defaults_is(defaults, "type", "hostdev") &&
        defaults_asked(defaults, "source.address"))
        take(defaults, "source.address.type", "pci", ", as source.address is given");
}

/* Which words of a key mean that the device is on another bus: those of one group are on one, and
 * what is listed in none is on one as well. groups NULL: each is on a bus of its own. */
static const struct {
    const char *kind, *by, *groups[4];
} movers[] = {
    {"input", "bus", {NULL}},
    {"sound", "model", {"usb", "sb16 pcspk"}},
    {"serial", "target.type", {NULL}},
    {"console", "target.type", {NULL}},
    {"channel", "target.type", {NULL}},
    {"memory", "model", {"dimm nvdimm", "sgx-epc"}},
    {"hostdev", "type", {NULL}},
    {"iommu", "model", {NULL}},
    {"panic", "model", {NULL}},
    {"controller", "type", {NULL}},
    {"interface", "model.type", {"usb-net", "spapr-vlan"}},
    {"video", "model.type", {"ramfb none"}},
    {"memballoon", "model", {"none"}},
};

static bool is_other_bus(const char *const *groups, const char *was, const char *is)
{
    bool same = !groups[0] && g_strcmp0(was, is) == 0;
    bool listed = !groups[0];

    for (; *groups && was && is; groups++) {
        same |= words_have(*groups, was) && words_have(*groups, is);
        listed |= words_have(*groups, was) || words_have(*groups, is);
    }
    return listed && !same;
}

/* A place on one bus is none on another. */
static bool drop_place(const DwDefaults *defaults, GError **error)
{
    static const char *const address[] = {"address.*", NULL};
    static const char *const of_pci[] = {"acpi.index", "rom.enabled", "rom.bar", "rom.file"};
    DwPlace place;
    const DwDocument *document = defaults->context->document;

    for (size_t i = 0; i < G_N_ELEMENTS(movers); i++) {
        const char *by = movers[i].by;

        if (!g_str_equal(movers[i].kind, defaults->kind) || !defaults_turned(defaults, by) ||
            defaults_asked_any(defaults, "address."))
            continue;
        g_autofree char *type = lens_text(document, defaults->device, "address/@type", NULL);
        const char *gone = defaults_gone(defaults, by);
        g_autofree char *was =
            gone ? g_strdup(gone)
                 : defaults_document_text(document, defaults->kind, defaults->device, by);
        g_autofree char *is = defaults_word(defaults, by);
        if (!is_other_bus(movers[i].groups, was, is))
            continue;
        if (type)
            defaults_say(defaults, "device-drops", DW_SEVERITY_INFO, "address.type",
                         "address.* (type %s) is dropped: %s was %s and is %s. libvirt finds a new "
                         "place.",
                         type, by, was ? was : "unset", gone || !is ? "unset" : is);
        for (size_t j = 0; j < G_N_ELEMENTS(of_pci); j++)
            if (place_find(defaults->kind, of_pci[j], &place) &&
                !defaults_drop(defaults, "device-drops", DW_SEVERITY_INFO, of_pci[j],
                               "the device is on another bus", error))
                return false;
        return edit_unset(defaults->context, defaults->kind, defaults->device, address, error);
    }
    return true;
}

/* A console that shows the first serial port is called as that is; it cannot be as another device.
 */
static void drop_twin_alias(const DwDefaults *defaults)
{
    static const char *const alias[] = {"alias", NULL};
    const DwDocument *document = defaults->context->document;
    g_autofree char *name = defaults_text(defaults, "alias");
    DwNode serial = device_next(document, "serial", DW_NODE_NONE);

    if (defaults->device == DW_NODE_NONE || !name || serial == DW_NODE_NONE ||
        !defaults_turned(defaults, "target.type") || defaults_asked(defaults, "alias") ||
        !lens_is(document, serial, "alias/@name", name))
        return;
    defaults_say(defaults, "device-drops", DW_SEVERITY_INFO, "alias",
                 "alias was %s and is dropped: the serial port that the console showed has it.",
                 name);
    edit_unset(defaults->context, defaults->kind, defaults->device, alias, NULL);
}

/* Addresses of the guest are given by what carries its packets in the host's place; with LXC all
 * types have them. */
static bool drop_guest_addresses(const DwDefaults *defaults, GError **error)
{
    static const char *const addresses[] = {"ip.*", NULL};
    g_autofree char *address = defaults_text(defaults, "ip.1.address");

    if (!address || !defaults_changed(defaults, "type") || defaults_is(defaults, "type", "user") ||
        defaults_asked_any(defaults, "ip.") || !defaults_for_qemu(defaults))
        return true;
    defaults_say(defaults, "device-drops", DW_SEVERITY_INFO, "ip.1.address",
                 "ip.* (%s) is dropped: only type user has addresses of the guest.", address);
    return edit_unset(defaults->context, defaults->kind, defaults->device, addresses, error);
}

/* A port of no type is one of a network's, which says of what type it is. */
static void drop_port(const DwDefaults *defaults)
{
    DwDocument *document = defaults->context->document;
    DwNode port = node_child(document, defaults->device, "virtualport");
    g_autofree char *type = defaults_text(defaults, "virtualport.type");

    if (type || !defaults_changed(defaults, "type") || defaults_is(defaults, "type", "network") ||
        defaults_asked_any(defaults, "virtualport.") || port == DW_NODE_NONE)
        return;
    defaults_say(defaults, "device-drops", DW_SEVERITY_INFO, "virtualport",
                 "virtualport.* is dropped: only the port of a network needs no type.");
    node_remove(document, port);
}

/* libvirt would choose another address than the one that is given. */
static void fix_address(const DwDefaults *defaults)
{
    if (!defaults_changed(defaults, "cid.address") || defaults_asked(defaults, "cid.auto") ||
        !defaults_is(defaults, "cid.auto", "yes"))
        return;
    g_autofree char *address = defaults_text(defaults, "cid.address");
    defaults_take(defaults, "setting-follows", DW_SEVERITY_INFO, "cid.auto", dw_value_bool(false),
                  "cid.auto is no: cid.address is fixed at %s.", address);
}

/* A place among those of another type. */
static void change_index(const DwDefaults *defaults)
{
    g_autofree char *type = defaults_text(defaults, "type");
    g_autofree char *index = defaults_text(defaults, "index");

    if (defaults_changed(defaults, "type") && index &&
        controller_exists(defaults->context->document, type, index, DW_NODE_NONE))
        default_index(defaults);
}

/* What was said before the device had its name is about the device of that name, too. */
static void name_notes(const DwDefaults *defaults, guint first)
{
    g_autofree char *id = defaults_id(defaults);

    for (guint i = first; i < defaults->context->problems->len; i++) {
        DwProblem *problem = defaults->context->problems->pdata[i];

        if (!*problem->id) {
            g_free(problem->id);
            problem->id = g_strdup(id);
        }
    }
}

bool defaults_for_device(DwEditContext *context, const char *kind, DwNode device,
                         DwSettings *values, GError **error)
{
    const DwDefaults defaults = {context, kind, device, values};
    guint first = context->problems->len;
    bool fine = true;

    if (g_str_equal(kind, "disk"))
        fine = defaults_for_disk(&defaults, error);
    else if (g_str_equal(kind, "channel"))
        defaults_for_channel(&defaults);
    else if (device == DW_NODE_NONE)
        fine = default_new_device(&defaults, error);
    else
        infer_change(&defaults);
    default_function(&defaults);
    if (g_str_equal(kind, "graphics"))
        fine = fine && defaults_for_graphics(&defaults, error);
    else if (g_str_equal(kind, "console"))
        drop_twin_alias(&defaults);
    else if (g_str_equal(kind, "vsock"))
        fix_address(&defaults);
    else if (g_str_equal(kind, "controller") && device != DW_NODE_NONE)
        change_index(&defaults);
    if (g_str_equal(kind, "interface") && device != DW_NODE_NONE) {
        fine = fine && drop_guest_addresses(&defaults, error);
        drop_port(&defaults);
    }
    fine = fine && belongings_check(&defaults, error) &&
           (device == DW_NODE_NONE ||
            (drop_place(&defaults, error) && belongings_drop(&defaults, error)));
    name_notes(&defaults, first);
    return fine;
}
