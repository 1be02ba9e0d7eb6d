/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host has that keys can name: networks, storage pools and their volumes, devices. Lists
 * only; what a device's document means is the model's business.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "virt-private.h"

/* What is not in such a list can still be used; nobody reads more. */
#define MAX_CHOICES 4096

static GPtrArray *choices_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dw_choice_free);
}

static void add(GPtrArray *choices, const char *value, char *doc)
{
    DwChoice *choice = g_new0(DwChoice, 1);
    choice->value = g_strdup(value);
    choice->doc = doc;
    g_ptr_array_add(choices, choice);
}

static char *size_text(unsigned long long bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double number = bytes;
    gsize i = 0;
    for (; number >= 1024; i++)
        number /= 1024;
    return g_strdup_printf("%.*f %s", i > 0 && number < 100 ? 1 : 0, number, units[i]);
}

/* ---- Networks ---- */

static char *describe_network(virNetworkPtr network)
{
    char *bridge = virNetworkGetBridgeName(network);
    int autostart = 0;
    virNetworkGetAutostart(network, &autostart);
    char *doc =
        g_strdup_printf("%s%s%s%s", virNetworkIsActive(network) == 1 ? "active" : "not active",
                        autostart ? ", started with the host" : "", bridge ? ", bridge " : "",
                        bridge ? bridge : "");
    free(bridge);
    return doc;
}

static GPtrArray *list_networks(Virt *virt, GError **error)
{
    virNetworkPtr *networks = NULL;
    int count = virConnectListAllNetworks(virt->connection, &networks, 0);
    if (count < 0) {
        virt_set_error(virt, false, error);
        return NULL;
    }
    GPtrArray *choices = choices_new();
    for (int i = 0; i < count; i++) {
        if (i < MAX_CHOICES)
            add(choices, virNetworkGetName(networks[i]), describe_network(networks[i]));
        virNetworkFree(networks[i]);
    }
    free(networks);
    return choices;
}

/* ---- Storage ---- */

static char *describe_pool(virStoragePoolPtr pool)
{
    static const char *const states[] = {"not active", "being built", "active", "degraded",
                                         "not accessible"};
    virStoragePoolInfo info;
    if (virStoragePoolGetInfo(pool, &info) < 0)
        return g_strdup("");
    const char *state = (gsize)info.state < G_N_ELEMENTS(states) ? states[info.state] : "";
    if (info.capacity == 0)
        return g_strdup(state);
    g_autofree char *available = size_text(info.available);
    g_autofree char *capacity = size_text(info.capacity);
    return g_strdup_printf("%s, %s of %s available", state, available, capacity);
}

static GPtrArray *list_pools(Virt *virt, GError **error)
{
    virStoragePoolPtr *pools = NULL;
    int count = virConnectListAllStoragePools(virt->connection, &pools, 0);
    if (count < 0) {
        virt_set_error(virt, false, error);
        return NULL;
    }
    GPtrArray *choices = choices_new();
    for (int i = 0; i < count; i++) {
        if (i < MAX_CHOICES)
            add(choices, virStoragePoolGetName(pools[i]), describe_pool(pools[i]));
        virStoragePoolFree(pools[i]);
    }
    free(pools);
    return choices;
}

static char *describe_volume(virStorageVolPtr volume)
{
    static const char *const types[] = {"file",    "block device",      "directory",
                                        "network", "network directory", "ploop"};
    virStorageVolInfo info;
    if (virStorageVolGetInfo(volume, &info) < 0)
        return g_strdup("");
    g_autofree char *capacity = size_text(info.capacity);
    g_autofree char *allocation = size_text(info.allocation);
    char *path = virStorageVolGetPath(volume);
    char *doc = g_strdup_printf(
        "%s of %s, %s in use%s%s",
        info.type >= 0 && (gsize)info.type < G_N_ELEMENTS(types) ? types[info.type] : "volume",
        capacity, allocation, path ? ", " : "", path ? path : "");
    free(path);
    return doc;
}

static GPtrArray *list_volumes(Virt *virt, const char *pool_name, GError **error)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(virt->connection, pool_name);
    virStorageVolPtr *volumes = NULL;
    int count = pool ? virStoragePoolListAllVolumes(pool, &volumes, 0) : -1;
    if (count < 0) {
        virt_set_error(virt, false, error);
        if (pool)
            virStoragePoolFree(pool);
        return NULL;
    }
    GPtrArray *choices = choices_new();
    for (int i = 0; i < count; i++) {
        if (i < MAX_CHOICES)
            add(choices, virStorageVolGetName(volumes[i]), describe_volume(volumes[i]));
        virStorageVolFree(volumes[i]);
    }
    free(volumes);
    virStoragePoolFree(pool);
    return choices;
}

/* ---- Devices ---- */

static unsigned device_flag(const char *capability)
{
    static const struct {
        const char *capability;
        unsigned flag;
    } flags[] = {
        {"pci", VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV},
        {"usb_device", VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV},
        {"net", VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET},
        {"mdev", VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV},
        {"scsi_host", VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST},
        {"scsi", VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI},
        {"storage", VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (strcmp(flags[i].capability, capability) == 0)
            return flags[i].flag;
    }
    return 0;
}

/* Of a USB device's vendor, say, there is one choice however many devices are of that vendor. */
static bool is_new(const GPtrArray *choices, const DwChoice *choice)
{
    for (guint i = 0; i < choices->len; i++) {
        if (strcmp(((DwChoice *)choices->pdata[i])->value, choice->value) == 0)
            return false;
    }
    return true;
}

static void add_device(GPtrArray *choices, virNodeDevicePtr device, const char *kind,
                       const char *key)
{
    char *xml = choices->len < MAX_CHOICES ? virNodeDeviceGetXMLDesc(device, 0) : NULL;
    g_autoptr(DwChoice) choice = xml ? dw_host_device_choice(xml, kind, key, NULL) : NULL;
    free(xml);
    if (choice && is_new(choices, choice))
        g_ptr_array_add(choices, g_steal_pointer(&choice));
}

static GPtrArray *list_devices(Virt *virt, unsigned flag, const char *kind, const char *key,
                               GError **error)
{
    virNodeDevicePtr *devices = NULL;
    int count = virConnectListAllNodeDevices(virt->connection, &devices, flag);
    if (count < 0) {
        virt_set_error(virt, false, error);
        return NULL;
    }
    GPtrArray *choices = choices_new();
    for (int i = 0; i < count; i++) {
        add_device(choices, devices[i], kind, key);
        virNodeDeviceFree(devices[i]);
    }
    free(devices);
    return choices;
}

/* ---- Interface ---- */

static gint compare(gconstpointer a, gconstpointer b)
{
    const DwChoice *const *one = a, *const *other = b;
    return strcmp((*one)->value, (*other)->value);
}

bool virt_choices(Virt *virt, const char *kind, const char *key, const char *pool,
                  GPtrArray **ret_choices, GError **error)
{
    bool is_disk = strcmp(kind, "disk") == 0;
    const char *capability = dw_host_device_capability(kind, key);
    *ret_choices = NULL;
    if (strcmp(kind, "interface") == 0 && strcmp(key, "source.network") == 0)
        *ret_choices = list_networks(virt, error);
    else if (is_disk && g_str_has_suffix(key, "source.pool"))
        *ret_choices = list_pools(virt, error);
    else if (is_disk && g_str_has_suffix(key, "source.volume") && pool)
        *ret_choices = list_volumes(virt, pool, error);
    else if (is_disk && g_str_has_suffix(key, "source.volume"))
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "%s: option \"pool\" has to name the storage pool whose volumes are wanted",
                    key);
    else if (capability)
        *ret_choices = list_devices(virt, device_flag(capability), kind, key, error);
    else
        return true;
    if (!*ret_choices)
        return false;
    g_ptr_array_sort(*ret_choices, compare);
    return true;
}
