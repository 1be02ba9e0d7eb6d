/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a preset makes of a domain that is being built, as virt-install does: for both the host's
 * processor under KVM, a tablet and SPICE's agent beside a display, and root ports to plug devices
 * into; for linux virtio network and video, a console, the guest agent's channel and random
 * numbers; for windows, which brings no drivers for virtio, network and video that it knows. What
 * was asked for by name stays. Used by apply.c. One document, one thread.
 */
#include "edit/preset-devices.h"

#include <string.h>

#include "edit/apply-edit.h"
#include "guest/machine.h"
#include "host/capabilities.h"
#include "keys/devices.h"

/* As many as virt-install makes. */
#define SPARE_PORTS 14

#define AGENT       "org.qemu.guest_agent.0"
#define SPICE_AGENT "com.redhat.spice.0"

static bool has(const DwDocument *document, const char *kind)
{
    return device_next(document, kind, DW_NODE_NONE) != DW_NODE_NONE;
}

/* A device of the kind with that text at path, or DW_NODE_NONE. */
static DwNode find_with(const DwDocument *document, const char *kind, const char *path,
                        const char *value)
{
    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node))
        if (lens_is(document, node, path, value))
            return node;
    return DW_NODE_NONE;
}

/* Takes pairs of key and value, ended by NULL. */
static bool add(DwEditContext *context, GError **error, const char *kind, ...)
{
    DwSettings *values = dw_settings_new();
    g_autofree char *id = NULL;
    va_list pairs;

    va_start(pairs, kind);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *))
        dw_settings_put(values, key, dw_value_string(va_arg(pairs, const char *)));
    va_end(pairs);
    DwEdit *edit = dw_edit_new(DW_VERB_ADD, kind, "", values, NULL);
    bool added = edit_apply(context, edit, &id, error);
    dw_edit_free(edit);
    if (added)
        edit_note(context, "preset-device", DW_SEVERITY_INFO, kind, id, "",
                  "The preset adds a device of kind %s.", kind);
    return added;
}

/* Interfaces whose model is left to libvirt, which takes an old one. */
static bool fill_interfaces(DwEditContext *context, const char *preset_model, GError **error)
{
    DwDocument *document = context->document;
    DwNode node = device_next(document, "interface", DW_NODE_NONE);

    while (node != DW_NODE_NONE) {
        g_autofree char *model = lens_text(document, node, "model/@type", NULL);

        if (model || node_attribute_is(document, node, "type", "hostdev")) {
            node = device_next(document, "interface", node);
            continue;
        }
        g_autoptr(DwSettings) values = dw_settings_new();
        g_autofree char *id = device_id(document, node);

        dw_settings_put(values, "model.type", dw_value_string(preset_model));
        if (!edit_write(context, "interface", node, values, error))
            return false;
        edit_note(context, "preset-device", DW_SEVERITY_INFO, "interface", id, "model.type",
                  "model.type is %s, by the preset.", preset_model);
        node = device_next(document, "interface", DW_NODE_NONE);
    }
    return true;
}

/* What the host takes under the key in a domain like this one, or NULL = unknown. */
static const char *const *offered(const DwEditContext *context, const char *key)
{
    const DwHost *host = context->host;

    return host->domain_capabilities &&
                   domain_capabilities_concern(host->domain_capabilities, host->capabilities,
                                               context->document)
               ? domain_capabilities_values(host->domain_capabilities, key)
               : NULL;
}

/* QEMU's own default is a processor of 2004. */
static bool set_processor(DwEditContext *context, GError **error)
{
    static const char passthrough[] = "host-passthrough";
    DwNode root = document_root(context->document);
    const char *const *modes = offered(context, "cpu.mode");

    if (!lens_is(context->document, root, "@type", "kvm") ||
        lens_find(context->document, root, "cpu", NULL) != DW_NODE_NONE || !modes ||
        !g_strv_contains(modes, passthrough))
        return true;
    g_autoptr(DwSettings) values = dw_settings_new();
    dw_settings_put(values, "cpu.mode", dw_value_string(passthrough));
    if (!edit_write(context, "", root, values, error))
        return false;
    edit_note(context, "preset-device", DW_SEVERITY_INFO, "", "", "cpu.mode",
              "cpu.mode is %s, by the preset.", passthrough);
    return true;
}

static bool add_display(DwEditContext *context, const char *model, bool x86, GError **error)
{
    const DwDocument *document = context->document;
    const char *const *models = offered(context, "video.model");

    if (!has(document, "graphics"))
        return true;
    if (!has(document, "video") && (!models || g_strv_contains(models, model)) &&
        !add(context, error, "video", "model.type", model, NULL))
        return false;
    if (find_with(document, "input", "@type", "tablet") == DW_NODE_NONE &&
        find_with(document, "controller", "@model", "none") == DW_NODE_NONE &&
        !add(context, error, "input", "type", "tablet", "bus", x86 ? "usb" : "virtio", NULL))
        return false;
    return find_with(document, "graphics", "@type", "spice") == DW_NODE_NONE ||
           find_with(document, "channel", "target/@name", SPICE_AGENT) != DW_NODE_NONE ||
           add(context, error, "channel", "type", "spicevmc", "target.name", SPICE_AGENT, NULL);
}

/* On s390x libvirt's own choice is one of virtio, which shows nothing of the beginning. */
static bool add_console(DwEditContext *context, bool s390, GError **error)
{
    return s390 ? add(context, error, "console", "type", "pty", "target.type", "sclp", NULL)
                : add(context, error, "console", "type", "pty", NULL);
}

static bool add_agents(DwEditContext *context, bool s390, GError **error)
{
    const DwDocument *document = context->document;

    if (!has(document, "serial") && !has(document, "console") && !add_console(context, s390, error))
        return false;
    if (find_with(document, "channel", "target/@name", AGENT) == DW_NODE_NONE &&
        !add(context, error, "channel", "target.name", AGENT, NULL))
        return false;
    return has(document, "rng") || add(context, error, "rng", "backend.model", "random", NULL);
}

/* Devices can be plugged into a running guest only where a port is free. */
static bool add_ports(DwEditContext *context, GError **error)
{
    if (find_with(context->document, "controller", "@model", "pcie-root-port") != DW_NODE_NONE)
        return true;
    for (unsigned i = 0; i < SPARE_PORTS; i++)
        if (!add(context, error, "controller", "type", "pci", "model", "pcie-root-port", NULL))
            return false;
    return true;
}

static bool complete_linux(DwEditContext *context, const DwMachine *machine, GError **error)
{
    return fill_interfaces(context, "virtio", error) &&
           add_display(context, "virtio", !machine->is_other, error) &&
           add_agents(context, machine->is_s390, error);
}

static bool complete_windows(DwEditContext *context, const DwMachine *machine, GError **error)
{
    return machine->is_other ||
           (fill_interfaces(context, machine->is_q35 ? "e1000e" : "e1000", error) &&
            add_display(context, "vga", true, error));
}

/* Is it one of those machines of other architectures that are made for guests? */
static bool is_known(const DwMachine *machine)
{
    return machine->is_arm || machine->is_virt || machine->is_pseries || machine->is_s390;
}

bool preset_complete(DwEditContext *context, const char *name, GError **error)
{
    g_autofree char *type = dw_get_string(context->document, "os.type");
    bool linux_preset = g_strcmp0(name, "linux") == 0;
    DwMachine machine;

    guest_machine_read(context->document, context->host, &machine);
    if (!name || !*name || !machine.is_qemu || machine.is_test ||
        (type && !g_str_equal(type, "hvm")) || (machine.is_other && !is_known(&machine)))
        return true;
    return set_processor(context, error) &&
           (linux_preset ? complete_linux : complete_windows)(context, &machine, error) &&
           (!(machine.is_q35 || machine.is_arm || machine.is_virt) || add_ports(context, error));
}
