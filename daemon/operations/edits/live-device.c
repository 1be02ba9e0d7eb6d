/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices by kind and id, and their keys as text. */
#include "operations/edits/live-device.h"

#include <string.h>

const DwDevice *live_device_find(const GPtrArray *devices, const char *kind, const char *id)
{
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        bool address = strcmp(kind, "interface") == 0;
        if (strcmp(device->kind, kind) == 0 &&
            (address ? g_ascii_strcasecmp(device->id, id) : strcmp(device->id, id)) == 0)
            return device;
    }
    return NULL;
}

const char *live_device_text(const DwDevice *device, const char *key)
{
    const DwValue *value = dw_settings_get(device->properties, key);
    return value && value->type == DW_VALUE_STRING ? value->s : "";
}
