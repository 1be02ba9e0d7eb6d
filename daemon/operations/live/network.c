/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interfaces of virtual networks. The running document has what the network has put behind them: a
 * bridge, a device. Given that back, libvirt would take them out of their network for good.
 */
#include "operations/live/network.h"

#include "operations/live/device.h"

#define NETWORK "network"

bool live_network_has(const DwDevice *running)
{
    return g_str_equal(running->kind, "interface") &&
           *live_device_text(running, "source." NETWORK) != '\0' &&
           !g_str_equal(live_device_text(running, "type"), NETWORK);
}

char *live_network_text(const DwDocument *running, const DwDevice *device, bool chosen)
{
    static const char *const given[] = {"source.portid", NULL};
    if (chosen || !live_network_has(device))
        return dw_device_text(running, device->kind, device->id);
    g_autoptr(DwDocument) copy = dw_document_copy(running);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    dw_settings_put(values, "type", dw_value_string(NETWORK));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, device->kind, device->id, values, given));
    bool made = dw_apply(copy, edits, DW_APPLY_RUNNING | DW_APPLY_UNCHECKED, NULL, NULL, NULL);
    return dw_device_text(made ? copy : running, device->kind, device->id);
}

bool live_network_says(const DwDocument *planned, const DwProblem *problem)
{
    static const char *const keys[] = {"type", "source.bridge", "source.dev", "source.mode", NULL};
    if (!g_str_equal(problem->kind, "interface") || !g_strv_contains(keys, problem->key))
        return false;
    g_autoptr(GPtrArray) devices = dw_get_devices(planned, problem->kind, false, NULL);
    const DwDevice *device = devices ? live_device_find(devices, problem->kind, problem->id) : NULL;
    return device && g_str_equal(live_device_text(device, "type"), NETWORK);
}
