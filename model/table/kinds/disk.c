/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of disks; data only. What the fields mean is in table.h. Rows are in libvirt's own order, in
 * which a new disk is written. Whatever decides what the guest can read or write on the host is
 * without a reason to be safe (rows.h).
 */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_IMAGE, STORAGE_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "file block", .usual = "file", .doc = "Where the content is; inferred from the source that is given."},
    {"device", "@device", DW_FORM_ENUM, SAFE_IMAGE, "disk cdrom floppy lun", .safe_if = DW_SAFE_WHOLE, .safe_values = "disk cdrom floppy", .usual = "disk", .doc = "What the guest sees."},
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS " usb-storage@11.5.0 usb-bot@11.5.0", .doc = "Variant of the virtio or USB device."},
    {"rawio", "@rawio", DW_FORM_YESNO, 0, .usual = "no", .doc = "Raw I/O capability for a lun."},
    {"sgio", "@sgio", DW_FORM_ENUM, 0, "filtered unfiltered", .usual = "filtered", .doc = "Filtering of SCSI commands for a lun."},
    {"snapshot", "@snapshot", DW_FORM_ENUM, "It says what a snapshot is to include; taking one is another matter.", "no internal external manual@8.10.0", .flags = DW_ROW_LIVE, .doc = "How snapshots of the domain treat the disk."},
    {"target.dev", "target/@dev", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Name of the disk in the domain, such as vda; a hint for the guest."},
    {"target.bus", "target/@bus", DW_FORM_ENUM, "It is what the guest sees; libvirt hands the image and its chain to the emulator as they are stated, which on other buses it does not.", "ide fdc scsi virtio xen usb uml sata sd nvme@11.5.0", .safe_values = "ide fdc scsi virtio usb sata nvme", .doc = "Bus the disk is on."},
    {"target.tray", "target/@tray", DW_FORM_ENUM, SAFE_GUEST, "open closed", .doc = "Tray of a cdrom or floppy; an open one shows no medium."},
    {"target.removable", "target/@removable", DW_FORM_ONOFF, SAFE_GUEST, .usual = "off", .doc = "Whether a USB disk says that it is removable."},
    {"target.rotation_rate", "target/@rotation_rate", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = 65534, .unit = "rpm", .since = "7.3.0", .flags = DW_ROW_LAX, .doc = "Rotation rate told to the guest; 1 is a solid state disk, else from 1025."},
    {"readonly", "readonly", DW_FORM_PRESENCE, SAFE_IMAGE, .safe_if = DW_SAFE_WHOLE, .doc = "The guest cannot write to it."},
    {"blockio.logical_block_size", "blockio/@logical_block_size", DW_FORM_UINT, SAFE_GUEST, .min = 512, .max = UINT32_MAX, .unit = "bytes", .flags = DW_ROW_LAX, .doc = "Block size the guest sees, a power of two."},
    {"blockio.physical_block_size", "blockio/@physical_block_size", DW_FORM_UINT, SAFE_GUEST, .min = 512, .max = UINT32_MAX, .unit = "bytes", .flags = DW_ROW_LAX, .doc = "Block size of the medium the guest is told of, a power of two."},
    {"geometry.cyls", "geometry/@cyls", DW_FORM_UINT, SAFE_GUEST, .doc = "Cylinders the guest sees."},
    {"geometry.heads", "geometry/@heads", DW_FORM_UINT, SAFE_GUEST, .doc = "Heads the guest sees."},
    {"geometry.secs", "geometry/@secs", DW_FORM_UINT, SAFE_GUEST, .doc = "Sectors of a track the guest sees."},
    {"geometry.trans", "geometry/@trans", DW_FORM_ENUM, SAFE_GUEST, "auto none lba", .doc = "How the BIOS translates the geometry."},
    {"shareable", "shareable", DW_FORM_PRESENCE, 0, .doc = "Other domains use it at the same time."},
    {"transient", "transient", DW_FORM_PRESENCE, 0, .doc = "Changes are thrown away when the domain stops."},
    {"transient.shareBacking", "transient/@shareBacking", DW_FORM_YESNO, 0, .since = "7.4.0", .usual = "no", .doc = "Whether other domains use the image under a transient disk."},
    {"serial", "serial", DW_FORM_STRING, SAFE_GUEST, .doc = "Serial number the guest sees."},
    {"wwn", "wwn", DW_FORM_STRING, SAFE_GUEST, .doc = "World Wide Name, 16 hexadecimal digits."},
    {"vendor", "vendor", DW_FORM_STRING, SAFE_GUEST, .doc = "SCSI vendor, at most 8 printable characters."},
    {"product", "product", DW_FORM_STRING, SAFE_GUEST, .doc = "SCSI product, at most 16 printable characters."},
    BOOT_ORDER,
    ALIAS,
    {"backenddomain.name", "backenddomain/@name", DW_FORM_STRING, 0, .doc = "Xen domain that drives the host's end."},
    {"target.dpofua", "target/@dpofua", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.10.0", .doc = "Whether a SCSI disk says that it can write past its cache."},
    {"blockio.discard_granularity", "blockio/@discard_granularity", DW_FORM_UINT, SAFE_GUEST, .unit = "bytes", .since = "9.7.0", .doc = "Smallest piece that the guest can discard."},
    {"throttlefilters", "throttlefilters/throttlefilter/@group", DW_FORM_LIST, 0, .since = "11.2.0", .doc = "Groups of throttlegroups whose limits hold for the disk, in order."},
    ACPI_ROWS,
    {"backing.none", "", DW_FORM_CHAIN_END, SAFE_IMAGE, .safe_if = DW_SAFE_WHOLE, .doc = "The chain of backing files ends where it is stated to; nothing is probed."},
    {NULL},
};

static const DwRow driver_rows[] = {
    {"name", "@name", DW_FORM_ENUM, SAFE_IMAGE, "qemu phy tap tap2 file", .safe_if = DW_SAFE_WHOLE, .safe_values = "qemu", .doc = "Driver of the hypervisor; qemu for QEMU."},
    {"type", "@type", DW_FORM_ENUM, SAFE_IMAGE, FORMATS " aio", .safe_if = DW_SAFE_WHOLE, .safe_values = "raw qcow2", .doc = "Format of the image."},
    {"cache", "@cache", DW_FORM_ENUM, SAFE_SPEED, "default none writethrough writeback directsync unsafe", .doc = "Host page cache mode; unsafe ignores the guest's flushes."},
    {"error_policy", "@error_policy", DW_FORM_ENUM, SAFE_SPEED, "stop report ignore enospace", .doc = "What happens on a write error."},
    {"rerror_policy", "@rerror_policy", DW_FORM_ENUM, SAFE_SPEED, "stop report ignore", .doc = "What happens on a read error."},
    {"io", "@io", DW_FORM_ENUM, SAFE_SPEED, "native threads io_uring@6.3.0", .doc = "How the host does I/O; native needs cache none or directsync."},
    {"ioeventfd", "@ioeventfd", DW_FORM_ONOFF, SAFE_SPEED, .doc = "I/O in a thread of its own, virtio only."},
    {"event_idx", "@event_idx", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Fewer interrupts, virtio only."},
    {"copy_on_read", "@copy_on_read", DW_FORM_ONOFF, SAFE_SPEED, .usual = "off", .doc = "Copy what is read from a backing file into the image."},
    {"discard", "@discard", DW_FORM_ENUM, SAFE_SPEED, "unmap ignore", .doc = "What becomes of the guest's discard requests."},
    {"iothread", "@iothread", DW_FORM_UINT, SAFE_SPEED, .min = 1, .doc = "Number of the I/O thread that serves the disk, virtio only."},
    {"detect_zeroes", "@detect_zeroes", DW_FORM_ENUM, SAFE_SPEED, "off on unmap", .doc = "Whether writes of zeroes are found and made cheap."},
    {"queues", "@queues", DW_FORM_UINT, SAFE_SPEED, .min = 1, .doc = "Number of virtio queues."},
    {"queue_size", "@queue_size", DW_FORM_UINT, SAFE_SPEED, .min = 1, .since = "7.8.0", .doc = "Size of a virtio queue, a power of two."},
    {"discard_no_unref", "@discard_no_unref", DW_FORM_ONOFF, SAFE_SPEED, .since = "9.5.0", .doc = "Keep the place of discarded clusters in a qcow2 image."},
    {"metadata_cache.max_size", "metadata_cache/max_size", DW_FORM_SIZE, 0, .unit = "bytes", .bare_unit = "bytes", .since = "7.0.0", .doc = "Memory for the tables of a qcow2 image at most."},
    {NULL},
};

static const DwRow statistic_rows[] = {
    {"interval", "@interval", DW_FORM_UINT, SAFE_SPEED, .min = 1, .max = UINT32_MAX, .unit = "s", .since = "11.10.0", .doc = "Time over which averages of the disk's activity are told."},
    {NULL},
};

static const DwRow histogram_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_SPEED, "read write zone flush", .since = "12.1.0", .doc = "Operations whose latencies are counted; all when it is not given."},
    {"bin", "bin/@start", DW_FORM_LIST, SAFE_SPEED, .since = "12.1.0", .doc = "Where each bin of the counted latencies begins, in nanoseconds."},
    {NULL},
};

static const DwRow backing_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_IMAGE, STORAGE_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "file", .doc = "Where this level of the chain is."},
    {"format", "format/@type", DW_FORM_ENUM, SAFE_IMAGE, FORMATS, .safe_if = DW_SAFE_WHOLE, .safe_values = "raw qcow2", .doc = "Format of this level of the chain."},
    {"format.metadata_cache.max_size", "format/metadata_cache/max_size", DW_FORM_SIZE, 0, .unit = "bytes", .bare_unit = "bytes", .since = "7.0.0", .doc = "Memory for the tables of this level of the chain at most."},
    {"index", "@index", DW_FORM_UINT, 0, .flags = DW_ROW_OUTPUT, .doc = "Number by which block jobs of a running domain name this level."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, driver_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"driver.statistics.statistic.N.", "driver/statistics/statistic[N]", NULL, statistic_rows},
    {"driver.statistics.latency-histogram.N.", "driver/statistics/latency-histogram[N]", NULL, histogram_rows},
    {"driver.iothreads.iothread.N.", "driver/iothreads/iothread[@id=N]", NULL, dw_iothread_rows, "10.0.0"},
    {"source.", "source", NULL, dw_source_rows},
    SOURCE_PARTS("source.", "source", "auth", "encryption", "encryption/secret[N]", NULL),
    DATA_STORE_SECTIONS("source.dataStore.", "source/dataStore"),
    {"backing.N.", "backingStore^N", NULL, backing_rows},
    {"backing.N.source.", "backingStore^N/source", NULL, dw_source_rows},
    SOURCE_PARTS("backing.N.source.", "backingStore^N/source", NULL, NULL, NULL, NULL),
    DATA_STORE_SECTIONS("backing.N.source.dataStore.", "backingStore^N/source/dataStore"),
    {"iotune.", "iotune", NULL, dw_iotune_rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_disk_group = {"disk", "target/@dev", sections, SAFE_IMAGE};
/* clang-format on */
