/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The devices a preset adds to a domain that is being built: for linux what virt-install gives a
 * current one, virtio network and video, a console, the agents' channels, random numbers, a tablet
 * beside a display, and root ports to plug devices into. What was asked for by name stays. Used by
 * apply.c. One document, one thread.
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
static bool fill_interfaces(DwEditContext *context, GError **error)
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

        dw_settings_put(values, "model.type", dw_value_string("virtio"));
        if (!edit_write(context, "interface", node, values, error))
            return false;
        edit_note(context, "preset-device", DW_SEVERITY_INFO, "interface", id, "model.type",
                  "model.type is virtio, by the preset.");
        node = device_next(document, "interface", DW_NODE_NONE);
    }
    return true;
}

static bool offers(const DwEditContext *context, const char *key, const char *value)
{
    const DwHost *host = context->host;
    const char *const *offered = NULL;

    if (host->domain_capabilities &&
        domain_capabilities_concern(host->domain_capabilities, host->capabilities,
                                    context->document))
        offered = domain_capabilities_values(host->domain_capabilities, key);
    return !offered || g_strv_contains(offered, value);
}

static bool add_display(DwEditContext *context, bool x86, GError **error)
{
    const DwDocument *document = context->document;

    if (!has(document, "graphics"))
        return true;
    if (!has(document, "video") && offers(context, "video.model", "virtio") &&
        !add(context, error, "video", "model.type", "virtio", NULL))
        return false;
    if (find_with(document, "input", "@type", "tablet") == DW_NODE_NONE &&
        find_with(document, "controller", "@model", "none") == DW_NODE_NONE &&
        !add(context, error, "input", "type", "tablet", "bus", x86 ? "usb" : "virtio", NULL))
        return false;
    return find_with(document, "graphics", "@type", "spice") == DW_NODE_NONE ||
           find_with(document, "channel", "target/@name", SPICE_AGENT) != DW_NODE_NONE ||
           add(context, error, "channel", "type", "spicevmc", "target.name", SPICE_AGENT, NULL);
}

static bool add_agents(DwEditContext *context, GError **error)
{
    const DwDocument *document = context->document;

    if (!has(document, "serial") && !has(document, "console") &&
        !add(context, error, "console", "type", "pty", NULL))
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

bool preset_complete(DwEditContext *context, const char *name, GError **error)
{
    g_autofree char *type = dw_get_string(context->document, "os.type");
    DwMachine machine;

    guest_machine_read(context->document, context->host->capabilities, &machine);
    if (g_strcmp0(name, "linux") != 0 || !machine.is_qemu || machine.is_test ||
        (type && !g_str_equal(type, "hvm")) || (machine.is_other && !machine.is_arm))
        return true;
    return fill_interfaces(context, error) && add_display(context, !machine.is_other, error) &&
           add_agents(context, error) &&
           (!(machine.is_q35 || machine.is_arm) || add_ports(context, error));
}
