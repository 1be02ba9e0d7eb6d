/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices by kind and id, and their keys as text. */
#include "operations/live/device.h"

#include <string.h>

bool live_device_is_id(const char *kind, const char *id, const char *other)
{
    return (g_str_equal(kind, "interface") ? g_ascii_strcasecmp(id, other) : strcmp(id, other)) ==
           0;
}

const DwDevice *live_device_find(const GPtrArray *devices, const char *kind, const char *id)
{
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (strcmp(device->kind, kind) == 0 && live_device_is_id(kind, device->id, id))
            return device;
    }
    return NULL;
}

const char *live_device_text(const DwDevice *device, const char *key)
{
    const DwValue *value = dw_settings_get(device->properties, key);
    return value && value->type == DW_VALUE_STRING ? value->s : "";
}

uint64_t live_device_number(const DwDevice *device, const char *key)
{
    return g_ascii_strtoull(live_device_text(device, key), NULL, 0);
}
