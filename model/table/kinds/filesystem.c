/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of filesystems shared with the guest; data only. What the fields mean is in table.h. What of
 * the host is shared has no reason to be safe (rows.h). */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "mount bind file template block ram", .usual = "mount", .doc = "What is shared with the guest."},
    {"accessmode", "@accessmode", DW_FORM_ENUM, 0, "passthrough mapped squash", .doc = "Whose rights the guest's files have on the host."},
    {"multidevs", "@multidevs", DW_FORM_ENUM, 0, "default remap forbid warn", .since = "6.3.0", .doc = "What is done about more than one device of the host below the directory."},
    {"fmode", "@fmode", DW_FORM_STRING, 0, .since = "6.10.0", .doc = "Mode of files the guest makes, in octal, for accessmode mapped."},
    {"dmode", "@dmode", DW_FORM_STRING, 0, .since = "6.10.0", .doc = "Mode of directories the guest makes, in octal, for accessmode mapped."},
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"driver.type", "driver/@type", DW_FORM_ENUM, 0, "path handle loop nbd ploop virtiofs@6.2.0 mtp@10.2.0", .usual = "path", .doc = "Protocol between guest and host."},
    {"driver.format", "driver/@format", DW_FORM_STRING, 0, .doc = "Format of an image, for types loop, nbd and ploop."},
    {"driver.wrpolicy", "driver/@wrpolicy", DW_FORM_ENUM, SAFE_SPEED, "immediate", .doc = "Write the guest's pages out at once."},
    {"driver.queue", "driver/@queue", DW_FORM_UINT, SAFE_SPEED, .since = "6.2.0", .doc = "Size of the virtiofs queue."},
    {"binary.path", "binary/@path", DW_FORM_PATH, 0, .since = "6.2.0", .doc = "virtiofs server that is run on the host."},
    {"binary.xattr", "binary/@xattr", DW_FORM_ONOFF, 0, .since = "6.2.0", .doc = "Extended attributes, virtiofs only."},
    {"binary.cache.mode", "binary/cache/@mode", DW_FORM_ENUM, 0, "none always", .since = "6.2.0", .doc = "Caching in the guest, virtiofs only."},
    {"binary.sandbox.mode", "binary/sandbox/@mode", DW_FORM_ENUM, 0, "namespace chroot", .since = "7.2.0", .doc = "How the virtiofs server is confined."},
    {"binary.lock.posix", "binary/lock/@posix", DW_FORM_ONOFF, 0, .since = "6.2.0", .doc = "POSIX locks, virtiofs only."},
    {"binary.lock.flock", "binary/lock/@flock", DW_FORM_ONOFF, 0, .since = "6.2.0", .doc = "Whole-file locks, virtiofs only."},
    {"binary.thread_pool.size", "binary/thread_pool/@size", DW_FORM_INT, 0, .min = (uint64_t)INT32_MIN, .max = INT32_MAX, .since = "8.5.0", .doc = "Threads of the virtiofs server; below 0 as many as it has by itself."},
    {"source.dir", "source/@dir", DW_FORM_PATH, 0, .doc = "Directory on the host, for types mount and bind."},
    {"source.file", "source/@file", DW_FORM_PATH, 0, .doc = "Image on the host, for type file."},
    {"source.dev", "source/@dev", DW_FORM_PATH, 0, .doc = "Block device on the host, for type block."},
    {"source.name", "source/@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Template, for type template."},
    {"source.usage", "source/@usage", DW_FORM_UINT64, SAFE_SHARE, .doc = "Size at most, in source.units, for type ram."},
    {"source.units", "source/@units", DW_FORM_STRING, SAFE_SHARE, .doc = "Unit of source.usage; KiB when it is not given."},
    {"source.socket", "source/@socket", DW_FORM_PATH, 0, .since = "7.3.0", .doc = "Socket of a virtiofs server of one's own."},
    {"target.dir", "target/@dir", DW_FORM_STRING, 0, .doc = "Mount tag the guest sees, or mount point in a container."},
    {"readonly", "readonly", DW_FORM_PRESENCE, 0, .doc = "The guest cannot write to it."},
    {"space_hard_limit", "space_hard_limit", DW_FORM_SIZE, SAFE_SHARE, .unit = "bytes", .doc = "Space the guest can use at most."},
    {"space_soft_limit", "space_soft_limit", DW_FORM_SIZE, SAFE_SHARE, .unit = "bytes", .doc = "Space the guest can use for long."},
    BOOT_ORDER,
    ALIAS,
    {"binary.openfiles.max", "binary/openfiles/@max", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .since = "10.6.0", .doc = "Files that the virtiofs server can have open at most."},
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"idmap.uid.N.", "idmap/uid[N]", NULL, dw_idmap_rows, "10.0.0"},
    {"idmap.gid.N.", "idmap/gid[N]", NULL, dw_idmap_rows, "10.0.0"},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_filesystem_group = {"filesystem", "target/@dir", sections};
/* clang-format on */
