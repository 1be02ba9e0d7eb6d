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

/* The devices that keep or get an order; one that is not there is told when its order is written.
 */
static GHashTable *find_wanted(DwEditContext *context, const GArray *devices)
{
    GHashTable *wanted = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < devices->len; i++) {
        const Device *device = &g_array_index(devices, Device, i);
        g_hash_table_add(wanted,
                         GINT_TO_POINTER(edit_find(context, device->kind, device->id, NULL)));
    }
    return wanted;
}

/* The others that have one. */
static GArray *find_others(DwEditContext *context, const GArray *devices)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) wanted = find_wanted(context, devices);
    GArray *others = g_array_new(FALSE, FALSE, sizeof(DwNode));

    for (DwNode node = device_next(document, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
        g_autofree char *kind = node_name(document, node);
        DwPlace place;
        if (node_child(document, node, "boot") != DW_NODE_NONE && place_find(kind, ORDER, &place) &&
            !g_hash_table_contains(wanted, GINT_TO_POINTER(node)))
            g_array_append_val(others, node);
    }
    return others;
}

/* The last one first: an edit makes what stands behind it stale, not what stands before it. */
static bool unset_others(DwEditContext *context, const GArray *devices, GError **error)
{
    static const char *const order[] = {ORDER, NULL}, *const boot[] = {"os.boot", NULL};

    if (!edit_unset(context, "", document_root(context->document), boot, error))
        return false;
    g_autoptr(GArray) others = find_others(context, devices);
    for (guint i = others->len; i > 0; i--) {
        DwNode node = g_array_index(others, DwNode, i - 1);
        g_autofree char *kind = node_name(context->document, node);
        if (!edit_unset(context, kind, node, order, error))
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
