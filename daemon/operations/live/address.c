/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses are compared and copied as the keys below "address." are. */
#include "operations/live/address.h"

#include <string.h>

#include "operations/live/device.h"
#include "operations/live/problem.h"

#define ADDRESS "address."

/* The keys of its address; NULL: it has none. */
static DwSettings *address_of(const DwDevice *device)
{
    DwSettings *address = NULL;
    for (size_t i = 0; device && i < dw_settings_count(device->properties); i++) {
        const char *key = dw_settings_key(device->properties, i);
        if (!g_str_has_prefix(key, ADDRESS))
            continue;
        if (!address)
            address = dw_settings_new();
        dw_settings_put(address, key, dw_value_copy(dw_settings_value(device->properties, i)));
    }
    return address;
}

/* The address of a running device may have more than was asked for: a memory's has its base. */
static bool is_at(const DwSettings *running, const DwSettings *address)
{
    for (size_t i = 0; address && i < dw_settings_count(address); i++) {
        const DwValue *has = running ? dw_settings_get(running, dw_settings_key(address, i)) : NULL;
        if (!has || !dw_value_equal(has, dw_settings_value(address, i)))
            return false;
    }
    return true;
}

/* NULL: there is none of that type and number. */
static const DwDevice *controller_of(const GPtrArray *devices, const char *type, uint64_t number)
{
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *index = dw_settings_get(device->properties, "index");
        if (strcmp(device->kind, "controller") == 0 &&
            strcmp(live_device_text(device, "type"), type) == 0 && index && index->u == number)
            return device;
    }
    return NULL;
}

/* The running domain has the bus, and nobody at this place of it. */
static bool is_free(const GPtrArray *devices, const DwDevice *wanted, const DwSettings *address)
{
    bool pci = strcmp(live_device_text(wanted, ADDRESS "type"), "pci") == 0;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        g_autoptr(DwSettings) taken = address_of(device);
        if (taken && is_at(taken, address))
            return false;
    }
    return !pci || controller_of(devices, "pci", live_device_number(wanted, ADDRESS "bus"));
}

/* The device's text with this address. */
static char *text_at(const DwDocument *after, const LiveStep *step, const DwSettings *address)
{
    g_autoptr(DwDocument) copy = dw_document_copy(after);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(
        edits, dw_edit_new(DW_VERB_MODIFY, step->kind, step->id, dw_settings_copy(address), NULL));
    return dw_apply(copy, edits, DW_APPLY_DRY, NULL, NULL, NULL)
               ? dw_device_text(copy, step->kind, step->id)
               : NULL;
}

bool live_address_matters(const GPtrArray *steps)
{
    for (guint i = 0; i < steps->len; i++)
        if (((const LiveStep *)steps->pdata[i])->class == LIVE_PLUG)
            return true;
    return false;
}

void live_address_take(GPtrArray *steps, const DwDocument *config, const DwDocument *running,
                       const DwDocument *after)
{
    g_autoptr(GPtrArray) stored = dw_get_devices(config, "", true, NULL);
    g_autoptr(GPtrArray) there = dw_get_devices(running, "", true, NULL);
    for (guint i = 0; i < steps->len; i++) {
        LiveStep *step = steps->pdata[i];
        const DwDevice *device =
            step->class == LIVE_PLUG ? live_device_find(stored, step->kind, step->id) : NULL;
        g_autoptr(DwSettings) address = address_of(device);
        if (!address || !is_free(there, device, address))
            continue;
        char *text = text_at(after, step, address);
        if (!text)
            continue;
        step->anywhere = step->change.text;
        step->change.text = text;
    }
    live_steps_sort(steps);
}

static char *words_of(const DwSettings *address)
{
    GString *words = g_string_new(NULL);
    for (size_t i = 0; address && i < dw_settings_count(address); i++) {
        g_autofree char *value = dw_value_to_text(dw_settings_value(address, i));
        g_string_append_printf(words, "%s%s %s", i > 0 ? ", " : "",
                               dw_settings_key(address, i) + strlen(ADDRESS), value);
    }
    return g_string_free(words, FALSE);
}

void live_address_compare(const GPtrArray *steps, const DwDocument *config,
                          const DwDocument *running, GPtrArray *problems)
{
    g_autoptr(GPtrArray) stored = dw_get_devices(config, "", true, NULL);
    g_autoptr(GPtrArray) there = dw_get_devices(running, "", true, NULL);
    for (guint i = 0; i < steps->len; i++) {
        const LiveStep *step = steps->pdata[i];
        const DwDevice *first =
            step->class == LIVE_PLUG ? live_device_find(stored, step->kind, step->id) : NULL;
        const DwDevice *second = first ? live_device_find(there, step->kind, step->id) : NULL;
        g_autoptr(DwSettings) wanted = address_of(first), has = address_of(second);
        if (!second || is_at(has, wanted))
            continue;
        g_autofree char *a = words_of(has), *b = words_of(wanted);
        g_autofree char *message =
            g_strdup_printf("Device %s \"%s\" has the address %s in the running domain and %s in "
                            "the configuration: the "
                            "guest finds it elsewhere when it is started next.",
                            step->kind, step->id, *a ? a : "none", *b ? b : "none");
        live_tell(problems, DW_SEVERITY_WARNING, "address-differs", step->kind, step->id, "",
                  message);
    }
}

/* ---- Addresses that were asked for ---- */

static bool refuse(const DwDevice *device, const char *key, const char *why, GPtrArray *impossible)
{
    g_autofree char *message = g_strdup_printf(
        "Device %s \"%s\" cannot be added to the running domain: %s; unset address.*, "
        "or " LIVE_USE_CONFIG,
        device->kind, device->id, why);
    live_refuse(impossible, "live.no-slot", device->kind, device->id, key, message);
    return false;
}

/* Whether QEMU plugs devices into the bus of this controller. */
static bool takes_devices(const DwDevice *controller)
{
    static const char *const models[] = {"pci-root",
                                         "pci-bridge",
                                         "pci-expander-bus",
                                         "pcie-to-pci-bridge",
                                         "pcie-root-port",
                                         "pcie-switch-downstream-port",
                                         NULL};
    return g_strv_contains(models, live_device_text(controller, "model")) &&
           strcmp(live_device_text(controller, "target.hotplug"), "off") != 0;
}

static bool check_pci(const GPtrArray *running, const DwDevice *device, GPtrArray *impossible)
{
    uint64_t bus = live_device_number(device, ADDRESS "bus");
    const DwDevice *controller = controller_of(running, "pci", bus);
    g_autofree char *why =
        !controller ? g_strdup_printf("it has no PCI bus %" G_GUINT64_FORMAT, bus)
        : !takes_devices(controller)
            ? g_strdup_printf("nothing is plugged into PCI bus %" G_GUINT64_FORMAT, bus)
            : NULL;
    if (why)
        return refuse(device, ADDRESS "bus", why, impossible);
    return live_device_number(device, ADDRESS "function") == 0 ||
           refuse(device, ADDRESS "function", "what is plugged has address.function 0", impossible);
}

bool live_address_check(const GPtrArray *running, const GPtrArray *added, const DwDevice *device,
                        GPtrArray *impossible)
{
    const char *type = live_device_text(device, ADDRESS "type");
    uint64_t number = live_device_number(device, ADDRESS "controller");
    if (strcmp(type, "pci") == 0)
        return check_pci(running, device, impossible);
    if (strcmp(type, "virtio-mmio") == 0)
        return refuse(device, ADDRESS "type",
                      "nothing is plugged where address.type is virtio-mmio", impossible);
    if (strcmp(type, "virtio-serial") != 0 || controller_of(running, type, number) ||
        controller_of(added, type, number))
        return true;
    g_autofree char *why =
        g_strdup_printf("it has no controller %" G_GUINT64_FORMAT " of type %s", number, type);
    return refuse(device, ADDRESS "controller", why, impossible);
}
