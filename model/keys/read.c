/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a document as typed settings and devices. */
#include "keys/read.h"

#include <string.h>

#include "keys/devices.h"
#include "keys/key-path.h"
#include "table/value-form.h"

static void add_value(DwSettings *settings, const char *key, const DwRow *row, DwValue value,
                      bool secrets)
{
    if ((row->flags & DW_ROW_SECRET) && !secrets) {
        dw_value_clear(&value);
        value = dw_value_string(DW_SECRET_PLACEHOLDER);
    }
    dw_settings_put(settings, key, value);
}

/* Everything of a thing whose key begins with prefix. */
static void read_group(const DwDocument *document, DwNode node, const DwGroup *group,
                       const char *prefix, bool secrets, DwSettings *settings)
{
    DwPlace place = {0};
    DwNode base;

    while (place_next_section(document, node, group, &place, &base)) {
        uint64_t beginnings = node_beginnings(document, base);
        for (const DwRow *row = place.section->rows; row->key; row++) {
            DwValue value;
            if (!path_may_begin(beginnings, row->path) ||
                (*prefix && !row_begins(place.section, row, prefix)) ||
                !row_get(document, base, row, &value))
                continue;
            place.row = row;
            g_autofree char *key = place_key(&place);
            /* Of several elements of one key the first counts. */
            if (g_str_has_prefix(key, prefix) && !dw_settings_get(settings, key))
                add_value(settings, key, row, value, secrets);
            else
                dw_value_clear(&value);
        }
    }
}

static bool read_key(const DwDocument *document, const char *key, bool secrets,
                     DwSettings *settings, GError **error)
{
    DwPlace place;
    DwValue value;

    if (key_is_group(key)) {
        g_autofree char *prefix = key_group_prefix("", key, error);
        if (!prefix)
            return false;
        read_group(document, document_root(document), table_group(""), prefix, secrets, settings);
        return true;
    }
    if (!place_find("", key, &place))
        return place_unknown("", key, error);
    if (place_get(document, document_root(document), &place, &value))
        add_value(settings, key, place.row, value, secrets);
    return true;
}

DwSettings *dw_get_settings(const DwDocument *document, const char *const *keys, bool secrets,
                            GError **error)
{
    static const char *const all[] = {"*", NULL};
    g_autoptr(DwSettings) settings = dw_settings_new();

    for (keys = keys && *keys ? keys : all; *keys; keys++)
        if (!read_key(document, *keys, secrets, settings, error))
            return NULL;
    return g_steal_pointer(&settings);
}

/* Takes id. */
static DwDevice *read_device(const DwDocument *document, DwNode node, char *id, bool secrets)
{
    DwDevice *device = g_new0(DwDevice, 1);

    device->kind = node_name(document, node);
    device->id = id;
    device->properties = dw_settings_new();
    const DwGroup *group = table_group(device->kind);
    if (group && group->sections)
        read_group(document, node, group, "", secrets, device->properties);
    return device;
}

DwDevice *device_read(const DwDocument *document, DwNode node)
{
    return read_device(document, node, device_id(document, node), true);
}

GPtrArray *dw_get_devices(const DwDocument *document, const char *kind, bool secrets,
                          GError **error)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(GHashTable) counts = device_counts_new();

    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node)) {
        char *id = device_id_counted(document, node, counts);
        g_ptr_array_add(devices, read_device(document, node, id, secrets));
    }
    if (devices->len == 0 && *kind && !table_group(kind)) {
        kind_unknown(kind, error);
        g_ptr_array_unref(devices);
        return NULL;
    }
    return devices;
}

/* Of the kind and the id in either case, since interfaces are found so. */
static char *shared_name(const DwDevice *device)
{
    g_autofree char *id = g_ascii_strdown(device->id, -1);

    return g_strconcat(device->kind, "/", id, NULL);
}

void dw_devices_tell_apart(GPtrArray *devices)
{
    if (!devices)
        return;
    g_autoptr(GHashTable) shares = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) positions = device_counts_new();

    for (guint i = 0; i < devices->len; i++) {
        char *name = shared_name(devices->pdata[i]);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(shares, name));
        g_hash_table_insert(shares, name, GUINT_TO_POINTER(count + 1));
    }
    for (guint i = 0; i < devices->len; i++) {
        DwDevice *device = devices->pdata[i];
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(positions, device->kind)) + 1;
        g_autofree char *name = shared_name(device);
        g_hash_table_insert(positions, g_strdup(device->kind), GUINT_TO_POINTER(n));
        if (GPOINTER_TO_UINT(g_hash_table_lookup(shares, name)) > 1) {
            g_free(device->id);
            device->id = g_strdup_printf("#%u", n);
        }
    }
}

char *dw_device_text(const DwDocument *document, const char *kind, const char *id)
{
    DwNode node = device_find(document, kind, id, NULL);
    size_t length;

    if (node == DW_NODE_NONE)
        return NULL;
    const char *bytes = node_bytes(document, node, &length);
    return g_strndup(bytes, length);
}

char *dw_get_string(const DwDocument *document, const char *key)
{
    DwPlace place;

    if (!place_find("", key, &place))
        return NULL;
    g_autofree char *path =
        g_strconcat(place.section->path, *place.section->path ? "/" : "", place.row->path, NULL);
    return lens_text(document, document_root(document), path, &place.indices);
}
