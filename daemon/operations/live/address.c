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

/* The running domain has the bus, and nobody at this place of it. */
static bool is_free(const GPtrArray *devices, const DwDevice *wanted, const DwSettings *address)
{
    bool pci = strcmp(live_device_text(wanted, ADDRESS "type"), "pci") == 0, bus = !pci;
    uint64_t number = g_ascii_strtoull(live_device_text(wanted, ADDRESS "bus"), NULL, 0);
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *index = dw_settings_get(device->properties, "index");
        g_autoptr(DwSettings) taken = address_of(device);
        if (taken && is_at(taken, address))
            return false;
        bus |= strcmp(device->kind, "controller") == 0 &&
               strcmp(live_device_text(device, "type"), "pci") == 0 && index && index->u == number;
    }
    return bus;
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
