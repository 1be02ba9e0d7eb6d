/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts about disks that rules and defaults share: bus and number from the target's name, and the
 * place on a drive bus that libvirt derives from them. Any thread.
 */
#include "guest/disk.h"

#include <string.h>

#include "keys/devices.h"

static const struct {
    const char *prefix, *bus;
} prefixes[] = {{"hd", "ide"},  {"sd", "scsi"}, {"vd", "virtio"},
                {"xvd", "xen"}, {"fd", "fdc"},  {"ubd", "uml"}};

static const char *const buses[] = {"virtio", "scsi", "sata", "ide",  "usb", "fdc",
                                    "xen",    "uml",  "sd",   "nvme", NULL};

const char *disk_bus(const DwDocument *document, DwNode disk)
{
    DwNode node = node_child(document, disk, "target");
    g_autofree char *bus = NULL;
    g_autofree char *dev = NULL;

    if (node == DW_NODE_NONE)
        return NULL;
    bus = node_attribute(document, node, "bus");
    for (size_t i = 0; bus && buses[i]; i++)
        if (g_str_equal(bus, buses[i]))
            return buses[i];
    if (bus)
        return "";
    dev = node_attribute(document, node, "dev");
    for (size_t i = 0; dev && i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(dev, prefixes[i].prefix))
            return prefixes[i].bus;
    return NULL;
}

int disk_index(const char *name)
{
    int index = 0;
    size_t i = 0;

    while (i < G_N_ELEMENTS(prefixes) && !g_str_has_prefix(name, prefixes[i].prefix))
        i++;
    if (i == G_N_ELEMENTS(prefixes))
        return -1;
    name += strlen(prefixes[i].prefix);
    if (!*name || strlen(name) > 3) /* libvirt adds controllers up to its number: hours for more */
        return -1;
    for (; *name; name++) {
        if (*name < 'a' || *name > 'z')
            return -1;
        index = index * 26 + (*name - 'a' + 1);
    }
    return index - 1;
}

bool disk_format_is_raw(const char *format)
{
    return format && (strcmp(format, "raw") == 0 || strcmp(format, "aio") == 0);
}

bool disk_is_readonly(const DwDocument *document, DwNode disk)
{
    return node_child(document, disk, "readonly") != DW_NODE_NONE ||
           node_attribute_is(document, disk, "device", "cdrom");
}

static const struct {
    const char *bus;
    const char *types[5];
} fitting[] = {
    {"virtio", {"pci", "ccw", "virtio-mmio", "virtio-s390"}},
    {"scsi", {"drive"}},
    {"sata", {"drive"}},
    {"ide", {"drive"}},
    {"fdc", {"drive"}},
    {"usb", {"usb"}},
    {"nvme", {"drive"}},
};

bool disk_address_fits(const char *bus, const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fitting); i++)
        if (g_str_equal(fitting[i].bus, bus))
            return g_strv_contains(fitting[i].types, type);
    return true;
}

typedef struct {
    uint64_t controller, bus, target, unit;
} Drive;

/* How many disks libvirt puts on a SCSI controller: VMware's are wide, and unit 7 is their own. */
static bool is_wide(const DwDocument *document)
{
    return node_attribute_is(document, document_root(document), "type", "vmware");
}

static Drive scsi_drive(unsigned index, bool wide)
{
    return wide ? (Drive){index / 15, 0, 0, index % 15 + (index % 15 >= 7)}
                : (Drive){index / 7, 0, 0, index % 7};
}

/* The place libvirt gives a disk of that name that has no address. */
static bool implied_drive(const DwDocument *document, const char *name, const char *bus,
                          Drive *drive)
{
    int index = disk_index(name);

    if (index < 0)
        return false;
    if (g_str_equal(bus, "ide"))
        *drive = (Drive){index / 4, index % 4 / 2, 0, index % 2};
    else if (g_str_equal(bus, "sata"))
        *drive = (Drive){index / 6, 0, 0, index % 6};
    else if (g_str_equal(bus, "fdc"))
        *drive = (Drive){index / 2, 0, 0, index % 2};
    else if (g_str_equal(bus, "scsi"))
        *drive = scsi_drive((unsigned)index, is_wide(document));
    else
        return false;
    return true;
}

static bool drive_of(const DwDocument *document, DwNode disk, const char *bus, Drive *drive)
{
    DwNode address = node_child(document, disk, "address");

    *drive = (Drive){0};
    if (address == DW_NODE_NONE) {
        g_autofree char *name = lens_text(document, disk, "target/@dev", NULL);

        return name && implied_drive(document, name, bus, drive);
    }
    if (!node_attribute_is(document, address, "type", "drive"))
        return false;
    lens_number(document, address, "@controller", &drive->controller);
    lens_number(document, address, "@bus", &drive->bus);
    lens_number(document, address, "@target", &drive->target);
    lens_number(document, address, "@unit", &drive->unit);
    return true;
}

static char *place_text(const char *bus, const Drive *drive)
{
    return g_strdup_printf("%s:%u:%u:%u:%u", bus, (unsigned)drive->controller, (unsigned)drive->bus,
                           (unsigned)drive->target, (unsigned)drive->unit);
}

char *disk_place(const DwDocument *document, DwNode disk)
{
    const char *bus = disk_bus(document, disk);
    Drive drive;

    return bus && drive_of(document, disk, bus, &drive) ? place_text(bus, &drive) : NULL;
}

/* The first disk of each text. */
static GHashTable *disks_by(const DwDocument *document,
                            char *(*text_of)(const DwDocument *document, DwNode disk))
{
    GHashTable *disks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode disk = device_next(document, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
         disk = device_next(document, "disk", disk)) {
        char *text = text_of(document, disk);

        if (text && !g_hash_table_contains(disks, text))
            g_hash_table_insert(disks, text, GINT_TO_POINTER(disk));
        else
            g_free(text);
    }
    return disks;
}

GHashTable *disk_places(const DwDocument *document)
{
    return disks_by(document, disk_place);
}

char *disk_alias_of_name(const char *bus, const char *name)
{
    static const char *const numbered[] = {"virtio", "usb", "sd", NULL};
    int index = g_strv_contains(numbered, bus) ? disk_index(name) : -1;

    return index < 0 ? NULL : g_strdup_printf("%s-disk%d", bus, index);
}

char *disk_alias(const DwDocument *document, DwNode disk)
{
    const char *bus = disk_bus(document, disk);
    g_autofree char *own = lens_text(document, disk, "alias/@name", NULL);
    g_autofree char *name = lens_text(document, disk, "target/@dev", NULL);

    return !bus || !name || (own && g_str_has_prefix(own, "ua-")) ? NULL
                                                                  : disk_alias_of_name(bus, name);
}

GHashTable *disk_aliases(const DwDocument *document)
{
    return disks_by(document, disk_alias);
}

char *disk_place_of_name(const DwDocument *document, const char *bus, const char *name)
{
    Drive drive;

    return implied_drive(document, name, bus, &drive) ? place_text(bus, &drive) : NULL;
}

uint64_t disk_controller_of_name(const DwDocument *document, const char *bus, const char *name)
{
    Drive drive;

    return implied_drive(document, name, bus, &drive) ? drive.controller : 0;
}

/* "a", …, "z", "aa", … */
static char *letters(unsigned index)
{
    char text[8];
    size_t at = sizeof text - 1;

    text[at] = 0;
    for (index++; index > 0 && at > 0; index = (index - 1) / 26)
        text[--at] = 'a' + (index - 1) % 26;
    return g_strdup(text + at);
}

const char *disk_name_prefix(const char *bus)
{
    static const struct {
        const char *bus, *prefix;
    } names[] = {{"virtio", "vd"}, {"ide", "hd"}, {"fdc", "fd"}, {"xen", "xvd"}, {"uml", "ubd"}};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i].bus, bus))
            return names[i].prefix;
    return "sd";
}

/* All names of disks in the domain, whatever their bus. */
static GHashTable *names_taken(const DwDocument *document)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (DwNode disk = device_next(document, "disk", DW_NODE_NONE); disk != DW_NODE_NONE;
         disk = device_next(document, "disk", disk)) {
        char *name = lens_text(document, disk, "target/@dev", NULL);

        if (name)
            g_hash_table_add(names, name);
    }
    return names;
}

/* Of a document: what a new disk may not be called or sit on. */
typedef struct {
    const DwDocument *document;
    GHashTable *names, *places, *aliases;
} Taken;

static Taken read_taken(const DwDocument *document)
{
    return (Taken){document, names_taken(document), disk_places(document), disk_aliases(document)};
}

static void taken_clear(Taken *taken)
{
    g_hash_table_unref(taken->names);
    g_hash_table_unref(taken->places);
    g_hash_table_unref(taken->aliases);
}

static bool is_taken(const Taken *taken, const char *bus, const char *name)
{
    g_autofree char *place = disk_place_of_name(taken->document, bus, name);
    g_autofree char *alias = disk_alias_of_name(bus, name);

    return g_hash_table_contains(taken->names, name) ||
           (place && g_hash_table_contains(taken->places, place)) ||
           (alias && g_hash_table_contains(taken->aliases, alias));
}

static char *nth_name(const char *bus, unsigned index)
{
    bool is_nvme = g_str_equal(bus, "nvme");
    g_autofree char *suffix = is_nvme ? g_strdup_printf("%u", index + 1) : letters(index);

    return g_strconcat(is_nvme ? "nvme0n" : disk_name_prefix(bus), suffix, NULL);
}

static bool is_taken_by_any(const Taken *taken, guint n, const char *bus, const char *name)
{
    for (guint i = 0; i < n; i++)
        if (is_taken(&taken[i], bus, name))
            return true;
    return false;
}

char *disk_free_name(const DwDocument *document, const DwDocument *running, const char *bus)
{
    Taken taken[2] = {read_taken(document)};
    guint n = 1, index = 0;
    char *name = nth_name(bus, index);

    if (running)
        taken[n++] = read_taken(running);
    while (is_taken_by_any(taken, n, bus, name)) {
        g_free(name);
        name = nth_name(bus, ++index);
    }
    while (n > 0)
        taken_clear(&taken[--n]);
    return name;
}
