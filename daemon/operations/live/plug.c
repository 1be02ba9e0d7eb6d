/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * QEMU's rules for plugging devices, as libvirt's driver has them: a row of `kinds` each, by a key
 * and its values. Slots are counted in the running document, since libvirt finds out that there is
 * none only after the configuration has been changed. What is not known is left to libvirt.
 */
#include "operations/live/plug.h"

#include <string.h>

#include "operations/live/address.h"
#include "operations/live/device.h"
#include "operations/live/medium.h"
#include "operations/live/problem.h"

/* ---- Kinds ---- */

/* A kind is plugged when its key has one of the values; values NULL: always. */
static const struct {
    const char *kind, *key, *values;
} kinds[] = {
    {"disk", "target.bus", "virtio scsi usb"},
    {"controller", "type", "scsi"},
    {"interface", "type", "bridge network direct ethernet user vhostuser hostdev vdpa"},
    {"hostdev", "type", "pci usb scsi scsi_host mdev"},
    {"channel", "target.type", "virtio guestfwd"},
    {"console", "target.type", "virtio"},
    {"serial", "target.type", "pci-serial usb-serial"},
    {"rng", NULL, NULL},
    {"redirdev", NULL, NULL},
    {"lease", NULL, NULL},
    {"memory", "model", "dimm nvdimm virtio-mem virtio-pmem"},
    {"shmem", "model.type", "ivshmem-plain ivshmem-doorbell"},
    {"input", "bus", "usb virtio"},
    {"watchdog", "model", "i6300esb"},
    {"vsock", NULL, NULL},
    {"filesystem", "driver.type", "virtiofs"},
};

/* What libvirt plugs since a version; what stays is not taken out again. */
static const struct {
    const char *kind, *key, *value;
    uint64_t since;
    bool stays;
} later[] = {
    {"controller", "type", "virtio-serial", 11003000, true},
    {"input", "type", "evdev", 10004000, false},
};

static bool is(const DwDevice *device, const char *key, const char *value)
{
    return strcmp(live_device_text(device, key), value) == 0;
}

static bool is_one_of(const char *word, const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    return g_strv_contains((const char *const *)list, word);
}

static bool is_empty_drive(const DwDevice *device)
{
    const DwSettings *has = device->properties;
    for (size_t i = 0; i < dw_settings_count(has); i++) {
        const char *key = dw_settings_key(has, i);
        if (live_medium_is_place(key) && strcmp(key, "type") != 0)
            return false;
    }
    return is(device, "device", "cdrom");
}

/* What a kind's row does not say; NULL: nothing speaks against it. */
static const char *exception(const DwDevice *device, bool adding, uint64_t libvirt_version)
{
    const char *bus = live_device_text(device, "target.bus"),
               *form = live_device_text(device, "device");
    if (strcmp(device->kind, "disk") == 0) {
        if (strcmp(form, "floppy") == 0)
            return "a floppy drive stays";
        if (strcmp(form, "cdrom") == 0 && strcmp(bus, "virtio") == 0)
            return "a cdrom has to be on bus scsi or usb";
        if (strcmp(form, "lun") == 0 && strcmp(bus, "usb") == 0)
            return "a lun cannot be on bus usb";
    }
    /* It tells QEMU of a file without a name. */
    if (adding && strcmp(device->kind, "disk") == 0 && libvirt_version < 9001000 &&
        is_empty_drive(device))
        return "this libvirt plugs a drive with a medium in it only";
    if (!adding && strcmp(device->kind, "memory") == 0 && is(device, "model", "virtio-pmem"))
        return "QEMU does not take memory of model virtio-pmem out again";
    if (adding && is(device, "address.multifunction", "on"))
        return "a device of several functions is plugged at the start only";
    return NULL;
}

static bool is_plugged_since(const DwDevice *device, bool adding, uint64_t libvirt_version)
{
    for (gsize i = 0; i < G_N_ELEMENTS(later); i++)
        if (strcmp(device->kind, later[i].kind) == 0 && is(device, later[i].key, later[i].value) &&
            libvirt_version >= later[i].since)
            return adding || !later[i].stays;
    return false;
}

/* libvirt plugs interfaces of some types, and takes those of all out. */
static bool is_taken_out(const DwDevice *device, bool adding)
{
    return !adding && strcmp(device->kind, "interface") == 0;
}

static bool refuse(const DwDevice *device, bool adding, const char *why, GPtrArray *impossible)
{
    g_autofree char *message =
        g_strdup_printf("Device %s \"%s\" cannot be %s a running domain: %s; " LIVE_USE_CONFIG,
                        device->kind, device->id, adding ? "added to" : "removed from", why);
    live_refuse(impossible, "live.not-possible", device->kind, device->id, "", message);
    return false;
}

bool live_plug_check(const DwDevice *device, bool adding, uint64_t libvirt_version,
                     GPtrArray *impossible)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(kinds) && strcmp(kinds[i].kind, device->kind) != 0)
        i++;
    if (i == G_N_ELEMENTS(kinds))
        return refuse(device, adding, "no device of this kind can", impossible);
    const char *value = kinds[i].key ? live_device_text(device, kinds[i].key) : "";
    if (kinds[i].key && !is_one_of(value, kinds[i].values) &&
        !is_plugged_since(device, adding, libvirt_version) && !is_taken_out(device, adding)) {
        g_auto(GStrv) words = g_strsplit(kinds[i].values, " ", -1);
        g_autofree char *list = g_strjoinv(", ", words);
        g_autofree char *why =
            g_strdup_printf("its %s is %s%s%s, and only %s can", kinds[i].key, *value ? "\"" : "",
                            *value ? value : "not set", *value ? "\"" : "", list);
        return refuse(device, adding, why, impossible);
    }
    const char *why = exception(device, adding, libvirt_version);
    return !why || refuse(device, adding, why, impossible);
}

/* ---- Slots ---- */

typedef enum {
    SLOT_NONE,    /* it needs none, or it is not known which */
    SLOT_EXPRESS, /* a port of PCI Express, or a slot of plain PCI where there is no Express */
    SLOT_PLAIN,   /* a slot of plain PCI */
    SLOT_SERIAL,  /* a port of a virtio-serial controller */
    SLOT_USB,     /* a port of a USB controller or hub */
    SLOT_KINDS,
} SlotKind;

static const char *const slot_words[] = {
    [SLOT_EXPRESS] = "PCI Express port; add controllers of model pcie-root-port to the "
                     "configuration",
    [SLOT_PLAIN] = "PCI slot; add a controller of model pcie-to-pci-bridge to the configuration",
    [SLOT_SERIAL] = "port of a virtio-serial controller; add one to the configuration",
    [SLOT_USB] = "USB port; add a controller of type usb, or a hub, to the configuration",
};

/* Slots of a bridge, whose first is not for devices. */
#define BRIDGE_SLOTS 31
/* Ports of a hub. */
#define HUB_PORTS 8
/* Ports of a virtio-serial controller that does not say how many; the first is the console's. */
#define SERIAL_PORTS 30

static SlotKind slot_of_interface(const DwDevice *device)
{
    const char *model = live_device_text(device, "model.type");
    if (is(device, "type", "hostdev") ||
        is_one_of(model, "virtio virtio-non-transitional e1000e igb"))
        return SLOT_EXPRESS;
    return strcmp(model, "usb-net") == 0 ? SLOT_USB : SLOT_PLAIN;
}

/* The slot by the value of a key; key NULL: whatever it is. */
static const struct {
    const char *kind, *key, *values;
    SlotKind slot;
} slot_rows[] = {
    {"disk", "target.bus", "virtio", SLOT_EXPRESS},
    {"disk", "target.bus", "usb", SLOT_USB},
    {"hostdev", "type", "pci mdev scsi_host", SLOT_EXPRESS},
    {"hostdev", "type", "usb", SLOT_USB},
    {"input", "bus", "virtio", SLOT_EXPRESS},
    {"input", "bus", "usb", SLOT_USB},
    {"memory", "model", "virtio-mem virtio-pmem", SLOT_EXPRESS},
    {"serial", "target.type", "pci-serial", SLOT_PLAIN},
    {"serial", "target.type", "usb-serial", SLOT_USB},
    {"channel", "target.type", "virtio", SLOT_SERIAL},
    {"console", "target.type", "virtio", SLOT_SERIAL},
    {"redirdev", "bus", "usb", SLOT_USB},
    {"watchdog", NULL, NULL, SLOT_PLAIN},
    {"shmem", NULL, NULL, SLOT_PLAIN},
    {"controller", NULL, NULL, SLOT_EXPRESS},
    {"rng", NULL, NULL, SLOT_EXPRESS},
    {"vsock", NULL, NULL, SLOT_EXPRESS},
    {"filesystem", NULL, NULL, SLOT_EXPRESS},
};

static SlotKind slot_of(const DwDevice *device)
{
    if (strcmp(device->kind, "interface") == 0)
        return slot_of_interface(device);
    for (gsize i = 0; i < G_N_ELEMENTS(slot_rows); i++)
        if (strcmp(slot_rows[i].kind, device->kind) == 0 &&
            (!slot_rows[i].key ||
             is_one_of(live_device_text(device, slot_rows[i].key), slot_rows[i].values)))
            return slot_rows[i].slot;
    return SLOT_NONE;
}

static bool has_address(const DwDevice *device)
{
    return *live_device_text(device, "address.type") != '\0';
}

/* Devices on a bus of PCI, each slot counted once. */
static unsigned used_slots(const GPtrArray *devices, uint64_t bus)
{
    uint64_t slots = 0;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (is(device, "address.type", "pci") && live_device_number(device, "address.bus") == bus)
            slots |= UINT64_C(1) << (live_device_number(device, "address.slot") & 63);
    }
    return (unsigned)__builtin_popcountll(slots);
}

static uint64_t number_of(const DwDevice *device, const char *key, uint64_t otherwise)
{
    const DwValue *value = dw_settings_get(device->properties, key);
    return value && value->type != DW_VALUE_STRING ? value->u : otherwise;
}

/* Of those on a controller of SCSI the first, or NULL. */
static const DwDevice *user_of(const DwDevice *controller, const GPtrArray *devices)
{
    uint64_t index = number_of(controller, "index", 0);
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        bool scsi = strcmp(device->kind, "disk") == 0 ? is(device, "target.bus", "scsi")
                                                      : is(device, "type", "scsi");
        if (scsi && is(device, "address.type", "drive") &&
            live_device_number(device, "address.controller") == index)
            return device;
    }
    return NULL;
}

bool live_plug_check_free(const DwDocument *after, const DwDevice *device, GPtrArray *impossible)
{
    if (strcmp(device->kind, "controller") != 0 || !is(device, "type", "scsi"))
        return true;
    g_autoptr(GPtrArray) devices = dw_get_devices(after, "", false, NULL);
    const DwDevice *user = user_of(device, devices);
    g_autofree char *why =
        user ? g_strdup_printf("%s \"%s\" is on it; remove that as well", user->kind, user->id)
             : NULL;
    return !why || refuse(device, false, why, impossible);
}

typedef struct {
    bool known[SLOT_KINDS]; /* there is something to count */
    unsigned free[SLOT_KINDS];
    bool express; /* the machine has PCI Express */
    bool nvdimm;  /* a device has that model: QEMU was started with the option for it */
} Slots;

static void add_slots(Slots *slots, SlotKind kind, unsigned all, unsigned used)
{
    slots->known[kind] = true;
    slots->free[kind] += all > used ? all - used : 0;
}

/* Ports of a controller that does not say how many; of companions, which share a bus, the first has
 * the most. */
static unsigned usb_ports(const DwDevice *controller)
{
    const char *model = live_device_text(controller, "model");
    if (is_one_of(model, "qemu-xhci nec-xhci"))
        return (unsigned)number_of(controller, "ports", 4);
    return strcmp(model, "ich9-ehci1") == 0 ? 6 : g_str_has_prefix(model, "ich9-") ? 0 : 2;
}

/* A hub takes a port as well. */
static void count_usb(Slots *to, const GPtrArray *devices)
{
    unsigned all = 0, used = 0;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (strcmp(device->kind, "controller") == 0 && is(device, "type", "usb"))
            all += usb_ports(device);
        else if (strcmp(device->kind, "hub") == 0)
            all += HUB_PORTS;
        used += is(device, "address.type", "usb");
    }
    add_slots(to, SLOT_USB, all, used);
}

static void count_controller(Slots *slots, const DwDevice *controller, const GPtrArray *devices)
{
    const char *model = live_device_text(controller, "model");
    uint64_t index = number_of(controller, "index", 0);
    bool off = is(controller, "target.hotplug", "off");
    if (is(controller, "type", "virtio-serial")) {
        add_slots(slots, SLOT_SERIAL,
                  (unsigned)number_of(controller, "ports", SERIAL_PORTS + 1) - 1, 0);
    } else if (is_one_of(model, "pcie-root-port pcie-switch-downstream-port")) {
        add_slots(slots, SLOT_EXPRESS, off ? 0 : 1, used_slots(devices, index));
    } else if (is_one_of(model, "pci-root pci-bridge pcie-to-pci-bridge")) {
        add_slots(slots, SLOT_PLAIN, off ? 0 : BRIDGE_SLOTS, used_slots(devices, index));
    } else if (strcmp(model, "pcie-root") == 0) {
        slots->express = slots->known[SLOT_EXPRESS] = slots->known[SLOT_PLAIN] = true;
    }
}

static void count_slots(const GPtrArray *devices, Slots *ret_slots)
{
    unsigned channels = 0, consoles = 0;
    *ret_slots = (Slots){0};
    ret_slots->known[SLOT_SERIAL] = true;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (strcmp(device->kind, "controller") == 0)
            count_controller(ret_slots, device, devices);
        channels += strcmp(device->kind, "channel") == 0 && is(device, "target.type", "virtio");
        consoles += strcmp(device->kind, "console") == 0 && is(device, "target.type", "virtio");
        ret_slots->nvdimm |= strcmp(device->kind, "memory") == 0 && is(device, "model", "nvdimm");
    }
    unsigned *serial = &ret_slots->free[SLOT_SERIAL];
    channels += consoles > 0 ? consoles - 1 : 0; /* the first has a port that no channel can have */
    *serial -= MIN(*serial, channels);
    count_usb(ret_slots, devices);
}

/* False, with a problem: there is none for it. */
static bool take_slot(Slots *slots, const DwDevice *device, GPtrArray *impossible)
{
    SlotKind kind = slot_of(device);
    if (kind == SLOT_EXPRESS && !slots->express)
        kind = SLOT_PLAIN;
    if (kind == SLOT_NONE || !slots->known[kind] || has_address(device) || slots->free[kind]-- > 0)
        return true;
    slots->free[kind] = 0;
    g_autofree char *message = g_strdup_printf(
        "Device %s \"%s\" cannot be added to the running domain: it has no free %s.", device->kind,
        device->id, slot_words[kind]);
    live_refuse(impossible, "live.no-slot", device->kind, device->id, "", message);
    return false;
}

static bool check_place(Slots *slots, const GPtrArray *devices, const GPtrArray *added,
                        const DwDevice *device, GPtrArray *impossible)
{
    if (has_address(device) && !live_address_check(devices, added, device, impossible))
        return false;
    if (strcmp(device->kind, "memory") == 0 && is(device, "model", "nvdimm") && !slots->nvdimm)
        return refuse(device, true, "it was started without memory of model nvdimm", impossible);
    return take_slot(slots, device, impossible);
}

/* What was to be on the controller cannot be added either. */
static void drop_disks(const DwDevice *controller, GPtrArray *added, GPtrArray *impossible)
{
    const char *bus = live_device_text(controller, "type");
    for (guint i = added->len; i > 0; i--) {
        const DwDevice *device = added->pdata[i - 1];
        if (strcmp(device->kind, "disk") != 0 || !is(device, "target.bus", bus))
            continue;
        refuse(device, true, "the controller that it needs cannot be added", impossible);
        g_ptr_array_remove_index(added, i - 1);
    }
}

void live_plug_check_slots(const DwDocument *running, GPtrArray *added, GPtrArray *impossible)
{
    g_autoptr(GPtrArray) controllers = g_ptr_array_new();
    Slots slots;
    if (added->len == 0)
        return;
    g_autoptr(GPtrArray) devices = dw_get_devices(running, "", false, NULL);
    count_slots(devices, &slots);
    for (guint i = 0; i < added->len;) {
        DwDevice *device = added->pdata[i];
        if (check_place(&slots, devices, added, device, impossible)) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(added, i);
        if (strcmp(device->kind, "controller") == 0)
            g_ptr_array_add(controllers, device);
    }
    for (guint i = 0; i < controllers->len; i++)
        drop_disks(controllers->pdata[i], added, impossible);
}
