/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verb "boot". A device that keeps its order keeps the spelling of it. Used by apply-edit.c. */
#include "edit/boot-order.h"

#include <string.h>

#define ORDER "boot.order"

typedef struct {
    char *kind, *id;
} Device;

static void device_clear(void *data)
{
    Device *device = data;

    g_free(device->kind);
    g_free(device->id);
}

static bool check_kind(const Device *device, GError **error)
{
    DwPlace place;

    if (*device->kind && place_find(device->kind, ORDER, &place))
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                "The boot order of %s %s cannot be set: devices of kind \"%s\" have none.",
                device->kind, device->id, device->kind);
    return false;
}

/* An id may have slashes, a kind has none. */
static bool add_device(GArray *devices, const char *word, GError **error)
{
    const char *slash = strchr(word, '/');
    Device device;

    if (!slash) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "\"%.64s\" names no device to start from; write KIND/ID.",
                    text_is_valid(word) ? word : "");
        return false;
    }
    device = (Device){g_strndup(word, slash - word), g_strdup(slash + 1)};
    g_array_append_val(devices, device);
    return check_kind(&device, error);
}

static GArray *read_devices(const DwSettings *values, GError **error)
{
    const DwValue *words = dw_settings_get(values, "devices");
    g_autoptr(GArray) devices = g_array_new(FALSE, FALSE, sizeof(Device));

    g_array_set_clear_func(devices, device_clear);
    if (!words || words->type != DW_VALUE_STRINGS || dw_settings_count(values) != 1) {
        g_set_error_literal(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                            "Verb \"boot\" takes one value, \"devices\": the devices to start from "
                            "as pairs of kind and id, in this order.");
        return NULL;
    }
    for (char **word = words->v; *word; word++) {
        if (!add_device(devices, *word, error))
            return NULL;
        if (g_strv_contains((const char *const *)word + 1, *word)) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                        "\"%.64s\" is named twice in the boot order.", *word);
            return NULL;
        }
    }
    return g_steal_pointer(&devices);
}

static bool write_order(DwEditContext *context, const Device *device, unsigned order,
                        GError **error)
{
    g_autoptr(DwSettings) values = dw_settings_new();
    DwNode node = edit_find(context, device->kind, device->id, error);

    dw_settings_put(values, ORDER, dw_value_uint(order));
    return node != DW_NODE_NONE && edit_write(context, device->kind, node, values, error);
}

/* Nodes of devices are stale after an edit, their places among the devices are not. */
static DwNode nth_device(const DwDocument *document, unsigned n)
{
    DwNode node = DW_NODE_NONE;

    do
        node = device_next(document, "", node);
    while (node != DW_NODE_NONE && n-- > 0);
    return node;
}

static bool is_wanted(DwEditContext *context, DwNode node, const GArray *devices)
{
    for (guint i = 0; i < devices->len; i++) {
        const Device *device = &g_array_index(devices, Device, i);
        if (edit_find(context, device->kind, device->id, NULL) == node)
            return true;
    }
    return false;
}

static bool unset_others(DwEditContext *context, const GArray *devices, GError **error)
{
    static const char *const order[] = {ORDER, NULL}, *const boot[] = {"os.boot", NULL};
    DwDocument *document = context->document;
    DwNode node;

    if (!edit_unset(context, "", document_root(document), boot, error))
        return false;
    for (unsigned i = 0; (node = nth_device(document, i)) != DW_NODE_NONE; i++) {
        g_autofree char *kind = node_name(document, node);
        DwPlace place;
        if (lens_find(document, node, "boot", NULL) != DW_NODE_NONE &&
            place_find(kind, ORDER, &place) && !is_wanted(context, node, devices) &&
            !edit_unset(context, kind, node, order, error))
            return false;
    }
    return true;
}

bool boot_order_apply(DwEditContext *context, const DwSettings *values, GError **error)
{
    g_autoptr(GArray) devices = read_devices(values, error);

    if (!devices || !unset_others(context, devices, error))
        return false;
    for (guint i = 0; i < devices->len; i++)
        if (!write_order(context, &g_array_index(devices, Device, i), i + 1, error))
            return false;
    return true;
}
