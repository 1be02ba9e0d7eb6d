/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks, storage pools and their volumes, devices: a row of functions each. What a device's
 * document says is read by the model. */
#include "libvirt/resources.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "libvirt/private.h"

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

/* ---- What a key names ---- */

typedef struct {
    const char *kind, *key;
    const char *pool; /* whose volumes are asked for, or NULL */
    unsigned flag;    /* of devices */
} Question;

static int list_networks(virConnectPtr connection, const Question *question, void ***ret_objects)
{
    return virConnectListAllNetworks(connection, (virNetworkPtr **)ret_objects, 0);
}

static void add_network(GPtrArray *choices, void *network, const Question *question)
{
    add(choices, virNetworkGetName(network), describe_network(network));
}

static void free_network(void *network)
{
    virNetworkFree(network);
}

static int list_pools(virConnectPtr connection, const Question *question, void ***ret_objects)
{
    return virConnectListAllStoragePools(connection, (virStoragePoolPtr **)ret_objects, 0);
}

static void add_pool(GPtrArray *choices, void *pool, const Question *question)
{
    add(choices, virStoragePoolGetName(pool), describe_pool(pool));
}

static void free_pool(void *pool)
{
    virStoragePoolFree(pool);
}

static int list_volumes(virConnectPtr connection, const Question *question, void ***ret_objects)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, question->pool);
    if (!pool)
        return -1;
    int count = virStoragePoolListAllVolumes(pool, (virStorageVolPtr **)ret_objects, 0);
    virStoragePoolFree(pool);
    return count;
}

static void add_volume(GPtrArray *choices, void *volume, const Question *question)
{
    add(choices, virStorageVolGetName(volume), describe_volume(volume));
}

static void free_volume(void *volume)
{
    virStorageVolFree(volume);
}

static int list_devices(virConnectPtr connection, const Question *question, void ***ret_objects)
{
    return virConnectListAllNodeDevices(connection, (virNodeDevicePtr **)ret_objects,
                                        question->flag);
}

static void add_device(GPtrArray *choices, void *device, const Question *question)
{
    char *xml = virNodeDeviceGetXMLDesc(device, 0);
    g_autoptr(DwChoice) choice =
        xml ? dw_host_device_choice(xml, question->kind, question->key, NULL) : NULL;
    free(xml);
    if (choice && is_new(choices, choice))
        g_ptr_array_add(choices, g_steal_pointer(&choice));
}

static void free_device(void *device)
{
    virNodeDeviceFree(device);
}

typedef struct {
    int (*list)(virConnectPtr connection, const Question *question, void ***ret_objects);
    void (*add)(GPtrArray *choices, void *object, const Question *question);
    void (*free)(void *object);
} Resource;

static const Resource networks = {list_networks, add_network, free_network};
static const Resource pools = {list_pools, add_pool, free_pool};
static const Resource volumes = {list_volumes, add_volume, free_volume};
static const Resource devices = {list_devices, add_device, free_device};

static gint compare(gconstpointer a, gconstpointer b)
{
    const DwChoice *const *one = a, *const *other = b;
    return strcmp((*one)->value, (*other)->value);
}

static GPtrArray *read_choices(Virt *virt, const Resource *resource, const Question *question,
                               GError **error)
{
    void **objects = NULL;
    int count = resource->list(virt->connection, question, &objects);
    if (count < 0) {
        virt_set_error(virt, false, error);
        return NULL;
    }
    GPtrArray *choices = choices_new();
    for (int i = 0; i < count; i++) {
        if (choices->len < MAX_CHOICES)
            resource->add(choices, objects[i], question);
        resource->free(objects[i]);
    }
    free(objects);
    g_ptr_array_sort(choices, compare);
    return choices;
}

/* NULL: the key names none. */
static const Resource *find_resource(const char *kind, const char *key)
{
    bool is_disk = strcmp(kind, "disk") == 0;
    if (strcmp(kind, "interface") == 0 && strcmp(key, "source.network") == 0)
        return &networks;
    if (is_disk && g_str_has_suffix(key, "source.pool"))
        return &pools;
    if (is_disk && g_str_has_suffix(key, "source.volume"))
        return &volumes;
    return dw_host_device_capability(kind, key) ? &devices : NULL;
}

bool virt_choices(Virt *virt, const char *kind, const char *key, const char *pool,
                  GPtrArray **ret_choices, GError **error)
{
    const Resource *resource = find_resource(kind, key);
    Question question = {.kind = kind, .key = key, .pool = pool};
    *ret_choices = NULL;
    if (!resource)
        return true;
    if (resource == &volumes && !pool) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Option pool has to name the storage pool whose volumes are wanted for %s.",
                    key);
        return false;
    }
    if (resource == &devices)
        question.flag = device_flag(dw_host_device_capability(kind, key));
    *ret_choices = read_choices(virt, resource, &question, error);
    return *ret_choices != NULL;
}

/* ---- What a document names ---- */

static bool is_absent(int code)
{
    return virGetLastErrorCode() == code;
}

static bool lacks_network(virConnectPtr connection, const char *name)
{
    virNetworkPtr network = virNetworkLookupByName(connection, name);
    if (network)
        virNetworkFree(network);
    return !network && is_absent(VIR_ERR_NO_NETWORK);
}

static bool lacks_interface(virConnectPtr connection, const char *name)
{
    virInterfacePtr interface = virInterfaceLookupByName(connection, name);
    if (interface)
        virInterfaceFree(interface);
    return !interface && is_absent(VIR_ERR_NO_INTERFACE);
}

/* volume NULL: the pool itself. Of a volume in a pool that is not there, or not active, nothing is
 * known. */
static bool lacks_storage(virConnectPtr connection, const char *name, const char *volume)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, name);
    if (!pool)
        return !volume && is_absent(VIR_ERR_NO_STORAGE_POOL);
    virStorageVolPtr found = volume ? virStorageVolLookupByName(pool, volume) : NULL;
    bool lacks = volume && !found && is_absent(VIR_ERR_NO_STORAGE_VOL);
    if (found)
        virStorageVolFree(found);
    virStoragePoolFree(pool);
    return lacks;
}

bool virt_lacks(Virt *virt, const DwReference *reference)
{
    switch (reference->target) {
    case DW_REFERENCE_NETWORK:
        return lacks_network(virt->connection, reference->value);
    case DW_REFERENCE_BRIDGE:
    case DW_REFERENCE_NIC:
        return lacks_interface(virt->connection, reference->value);
    case DW_REFERENCE_POOL:
        return lacks_storage(virt->connection, reference->value, NULL);
    default:
        return reference->pool &&
               lacks_storage(virt->connection, reference->pool, reference->value);
    }
}
