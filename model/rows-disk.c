/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of disks; data only. What the fields mean is in table.h. Rows are in libvirt's own order, in
 * which a new disk is written. Whatever decides what the guest can read or write on the host is
 * without a reason to be safe (rows.h).
 */
#include "rows.h"

#define FORMATS "raw qcow2 qcow qed vmdk vdi vpc vhd bochs cloop dmg ploop fat luks"
#define PROTOCOLS "nbd iscsi rbd gluster http https ftp ftps nfs@7.0.0 ssh@8.0.0 vxhs"
#define TYPES "file block dir network volume nvme vhostuser@7.1.0 vhostvdpa@9.8.0"

/* clang-format off */
static const DwRow disk_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_IMAGE, TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "file block", .doc = "Where the content is; inferred from the source that is given."},
    {"device", "@device", DW_FORM_ENUM, SAFE_IMAGE, "disk cdrom floppy lun", .safe_if = DW_SAFE_WHOLE, .safe_values = "disk cdrom floppy", .doc = "What the guest sees."},
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "virtio virtio-transitional virtio-non-transitional", .doc = "Variant of the virtio device."},
    {"rawio", "@rawio", DW_FORM_YESNO, 0, .doc = "Raw I/O capability for a lun."},
    {"sgio", "@sgio", DW_FORM_ENUM, 0, "filtered unfiltered", .doc = "Filtering of SCSI commands for a lun."},
    {"snapshot", "@snapshot", DW_FORM_ENUM, "It says what a snapshot is to include; taking one is another matter.", "no internal external manual@8.10.0", .doc = "How snapshots of the domain treat the disk."},
    {"target.dev", "target/@dev", DW_FORM_STRING, SAFE_GUEST, .safe_if = DW_SAFE_NAME, .doc = "Name of the disk in the domain, such as vda; a hint for the guest."},
    {"target.bus", "target/@bus", DW_FORM_ENUM, "It is what the guest sees; libvirt hands the image and its chain to the emulator as they are stated, which on other buses it does not.", "ide fdc scsi virtio xen usb uml sata sd nvme@11.5.0", .safe_values = "ide fdc scsi virtio usb sata nvme", .doc = "Bus the disk is on."},
    {"target.tray", "target/@tray", DW_FORM_ENUM, SAFE_GUEST, "open closed", .flags = DW_ROW_LIVE, .doc = "Tray of a cdrom or floppy; an open one shows no medium."},
    {"target.removable", "target/@removable", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Whether a USB disk says that it is removable."},
    {"target.rotation_rate", "target/@rotation_rate", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = 65534, .unit = "rpm", .since = "7.3.0", .doc = "Rotation rate told to the guest; 1 is a solid state disk, else from 1025."},
    {"readonly", "readonly", DW_FORM_PRESENCE, SAFE_IMAGE, .safe_if = DW_SAFE_WHOLE, .doc = "The guest cannot write to it."},
    {"blockio.logical_block_size", "blockio/@logical_block_size", DW_FORM_UINT, SAFE_GUEST, .min = 512, .max = UINT32_MAX, .unit = "bytes", .doc = "Block size the guest sees, a power of two."},
    {"blockio.physical_block_size", "blockio/@physical_block_size", DW_FORM_UINT, SAFE_GUEST, .min = 512, .max = UINT32_MAX, .unit = "bytes", .doc = "Block size of the medium the guest is told of, a power of two."},
    {"geometry.cyls", "geometry/@cyls", DW_FORM_UINT, SAFE_GUEST, .doc = "Cylinders the guest sees."},
    {"geometry.heads", "geometry/@heads", DW_FORM_UINT, SAFE_GUEST, .doc = "Heads the guest sees."},
    {"geometry.secs", "geometry/@secs", DW_FORM_UINT, SAFE_GUEST, .doc = "Sectors of a track the guest sees."},
    {"geometry.trans", "geometry/@trans", DW_FORM_ENUM, SAFE_GUEST, "auto none lba", .doc = "How the BIOS translates the geometry."},
    {"shareable", "shareable", DW_FORM_PRESENCE, 0, .doc = "Other domains use it at the same time."},
    {"transient", "transient", DW_FORM_PRESENCE, 0, .doc = "Changes are thrown away when the domain stops."},
    {"transient.shareBacking", "transient/@shareBacking", DW_FORM_YESNO, 0, .since = "7.4.0", .doc = "Whether other domains use the image under a transient disk."},
    {"serial", "serial", DW_FORM_STRING, SAFE_GUEST, .doc = "Serial number the guest sees."},
    {"wwn", "wwn", DW_FORM_STRING, SAFE_GUEST, .doc = "World Wide Name, 16 hexadecimal digits."},
    {"vendor", "vendor", DW_FORM_STRING, SAFE_GUEST, .doc = "SCSI vendor, at most 8 printable characters."},
    {"product", "product", DW_FORM_STRING, SAFE_GUEST, .doc = "SCSI product, at most 16 printable characters."},
    BOOT_ORDER,
    ALIAS,
    {"backing.none", "", DW_FORM_CHAIN_END, SAFE_IMAGE, .safe_if = DW_SAFE_WHOLE, .doc = "The chain of backing files ends where it is stated to; nothing is probed."},
    {NULL},
};

static const DwRow driver_rows[] = {
    {"name", "@name", DW_FORM_ENUM, SAFE_IMAGE, "qemu phy tap tap2 file", .safe_if = DW_SAFE_WHOLE, .safe_values = "qemu", .doc = "Driver of the hypervisor; qemu for QEMU."},
    {"type", "@type", DW_FORM_ENUM, SAFE_IMAGE, FORMATS, .safe_if = DW_SAFE_WHOLE, .safe_values = "raw qcow2", .doc = "Format of the image."},
    {"cache", "@cache", DW_FORM_ENUM, SAFE_SPEED, "default none writethrough writeback directsync unsafe", .doc = "Host page cache mode; unsafe ignores the guest's flushes."},
    {"error_policy", "@error_policy", DW_FORM_ENUM, SAFE_SPEED, "stop report ignore enospace", .doc = "What happens on a write error."},
    {"rerror_policy", "@rerror_policy", DW_FORM_ENUM, SAFE_SPEED, "stop report ignore", .doc = "What happens on a read error."},
    {"io", "@io", DW_FORM_ENUM, SAFE_SPEED, "native threads io_uring@6.3.0", .doc = "How the host does I/O; native needs cache none or directsync."},
    {"ioeventfd", "@ioeventfd", DW_FORM_ONOFF, SAFE_SPEED, .doc = "I/O in a thread of its own, virtio only."},
    {"event_idx", "@event_idx", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Fewer interrupts, virtio only."},
    {"copy_on_read", "@copy_on_read", DW_FORM_ONOFF, SAFE_SPEED, .doc = "Copy what is read from a backing file into the image."},
    {"discard", "@discard", DW_FORM_ENUM, SAFE_SPEED, "unmap ignore", .doc = "What becomes of the guest's discard requests."},
    {"iothread", "@iothread", DW_FORM_UINT, SAFE_SPEED, .min = 1, .doc = "Number of the I/O thread that serves the disk, virtio only."},
    {"detect_zeroes", "@detect_zeroes", DW_FORM_ENUM, SAFE_SPEED, "off on unmap", .doc = "Whether writes of zeroes are found and made cheap."},
    {"queues", "@queues", DW_FORM_UINT, SAFE_SPEED, .min = 1, .doc = "Number of virtio queues."},
    {"queue_size", "@queue_size", DW_FORM_UINT, SAFE_SPEED, .min = 1, .since = "7.8.0", .doc = "Size of a virtio queue, a power of two."},
    {"discard_no_unref", "@discard_no_unref", DW_FORM_ONOFF, SAFE_SPEED, .since = "9.5.0", .doc = "Keep the place of discarded clusters in a qcow2 image."},
    {NULL},
};

/* Of <source> in the disk and at each level of its backing chain. */
static const DwRow source_rows[] = {
    {"file", "@file", DW_FORM_PATH, SAFE_IMAGE, .safe_if = DW_SAFE_WHOLE, .doc = "Image file on the host."},
    {"dev", "@dev", DW_FORM_PATH, 0, .doc = "Block device on the host, or vdpa device."},
    {"dir", "@dir", DW_FORM_PATH, 0, .doc = "Directory shown to the guest as a read-only FAT disk."},
    {"pool", "@pool", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Storage pool of the volume."},
    {"volume", "@volume", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Volume in the storage pool."},
    {"mode", "@mode", DW_FORM_ENUM, 0, "host direct", .doc = "How a volume of an iSCSI pool is reached."},
    {"protocol", "@protocol", DW_FORM_ENUM, 0, PROTOCOLS, .doc = "Network protocol."},
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name of the image on the server: target/LUN, pool/image, path."},
    {"query", "@query", DW_FORM_STRING, 0, .since = "6.2.0", .doc = "Query of a http or https source."},
    {"type", "@type", DW_FORM_ENUM, 0, "pci unix", .doc = "Kind of source: pci for nvme, unix for vhostuser."},
    {"managed", "@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt detaches the NVMe controller from the host by itself."},
    {"namespace", "@namespace", DW_FORM_UINT, 0, .min = 1, .doc = "NVMe namespace."},
    {"path", "@path", DW_FORM_PATH, 0, .since = "7.1.0", .doc = "Socket of a vhostuser disk."},
    {"startupPolicy", "@startupPolicy", DW_FORM_ENUM, 0, "mandatory requisite optional", .doc = "What happens when the source is missing at start."},
    {"fdgroup", "@fdgroup", DW_FORM_STRING, 0, .since = "9.0.0", .doc = "File descriptors that were handed to libvirt."},
    {"tls", "@tls", DW_FORM_YESNO, 0, .doc = "Whether a nbd or vxhs source is encrypted."},
    {"tlsHostname", "@tlsHostname", DW_FORM_STRING, 0, .since = "8.2.0", .doc = "Name that a nbd server's certificate must have."},
    {"snapshot.name", "snapshot/@name", DW_FORM_STRING, 0, .doc = "Snapshot of a rbd image."},
    {"config.file", "config/@file", DW_FORM_PATH, 0, .doc = "Configuration of the rbd client."},
    {"readahead.size", "readahead/@size", DW_FORM_UINT64, SAFE_SPEED, .min = 1, .max = UINT64_MAX, .unit = "bytes", .since = "6.2.0", .doc = "What is read ahead of a http, https, ftp or ftps source."},
    {"timeout.seconds", "timeout/@seconds", DW_FORM_UINT64, SAFE_SPEED, .min = 1, .max = UINT64_MAX, .unit = "s", .since = "6.2.0", .doc = "How long a http, https, ftp or ftps server may take."},
    {"identity.user", "identity/@user", DW_FORM_STRING, 0, .since = "7.0.0", .doc = "User at a nfs server; a number begins with +."},
    {"identity.group", "identity/@group", DW_FORM_STRING, 0, .since = "7.0.0", .doc = "Group at a nfs server; a number begins with +."},
    {"reservations.managed", "reservations/@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt runs the helper for persistent reservations."},
    {"reservations.source.type", "reservations/source/@type", DW_FORM_ENUM, 0, "unix", .doc = "Kind of socket of a helper of one's own."},
    {"reservations.source.path", "reservations/source/@path", DW_FORM_PATH, 0, .doc = "Socket of a helper of one's own."},
    {"reservations.source.mode", "reservations/source/@mode", DW_FORM_ENUM, 0, "client", .doc = "Side of the socket that the domain is on."},
    {"reconnect.enabled", "reconnect/@enabled", DW_FORM_YESNO, 0, .doc = "Whether a vhostuser disk connects again."},
    {"reconnect.timeout", "reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .doc = "How long it waits before it does."},
    {"initiator", "initiator/iqn/@name", DW_FORM_STRING, 0, .doc = "iSCSI name of the initiator (IQN)."},
    {"address", "address", DW_FORM_PCI, 0, .doc = "PCI address of the NVMe controller on the host."},
    {"ssl.verify", "ssl/@verify", DW_FORM_YESNO, 0, .since = "6.2.0", .doc = "Whether the certificate of a https or ftps server is checked."},
    {NULL},
};

static const DwRow host_rows[] = {
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Server's name or address."},
    {"port", "@port", DW_FORM_UINT, 0, .min = 0, .max = 65535, .doc = "Server's port."},
    {"transport", "@transport", DW_FORM_ENUM, 0, "tcp unix rdma", .doc = "Transport to the server."},
    {"socket", "@socket", DW_FORM_PATH, 0, .doc = "Socket of the unix transport."},
    {NULL},
};

static const DwRow auth_rows[] = {
    {"username", "@username", DW_FORM_STRING, 0, .doc = "User at the server."},
    {"secret.type", "secret/@type", DW_FORM_ENUM, 0, "ceph iscsi", .doc = "Kind of libvirt secret."},
    {"secret.usage", "secret/@usage", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Usage name of the libvirt secret."},
    {"secret.uuid", "secret/@uuid", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .doc = "UUID of the libvirt secret."},
    {NULL},
};

static const DwRow backing_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_IMAGE, TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "file", .doc = "Where this level of the chain is."},
    {"format", "format/@type", DW_FORM_ENUM, SAFE_IMAGE, FORMATS, .safe_if = DW_SAFE_WHOLE, .safe_values = "raw qcow2", .doc = "Format of this level of the chain."},
    {NULL},
};

#define RATE(name, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "bytes/s", .flags = DW_ROW_LIVE, .doc = what}
#define OPERATIONS(name, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "operations/s", .flags = DW_ROW_LIVE, .doc = what}
#define SECONDS(name, what) {name, name, DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "s", .flags = DW_ROW_LIVE, .doc = what}
static const DwRow iotune_rows[] = {
    RATE("total_bytes_sec", "Limit of bytes read and written; excludes the separate ones."),
    RATE("read_bytes_sec", "Limit of bytes read."),
    RATE("write_bytes_sec", "Limit of bytes written."),
    OPERATIONS("total_iops_sec", "Limit of operations; excludes the separate ones."),
    OPERATIONS("read_iops_sec", "Limit of read operations."),
    OPERATIONS("write_iops_sec", "Limit of write operations."),
    RATE("total_bytes_sec_max", "Burst limit of bytes read and written."),
    RATE("read_bytes_sec_max", "Burst limit of bytes read."),
    RATE("write_bytes_sec_max", "Burst limit of bytes written."),
    OPERATIONS("total_iops_sec_max", "Burst limit of operations."),
    OPERATIONS("read_iops_sec_max", "Burst limit of read operations."),
    OPERATIONS("write_iops_sec_max", "Burst limit of write operations."),
    {"size_iops_sec", "size_iops_sec", DW_FORM_UINT64, SAFE_SHARE, .max = 1000000000000000, .unit = "bytes", .flags = DW_ROW_LIVE, .doc = "Size of one operation in counting."},
    {"group_name", "group_name", DW_FORM_STRING, SAFE_SHARE, .flags = DW_ROW_LIVE, .doc = "Disks of the same group share their limits."},
    SECONDS("total_bytes_sec_max_length", "How long a burst of bytes may last."),
    SECONDS("read_bytes_sec_max_length", "How long a burst of reads may last."),
    SECONDS("write_bytes_sec_max_length", "How long a burst of writes may last."),
    SECONDS("total_iops_sec_max_length", "How long a burst of operations may last."),
    SECONDS("read_iops_sec_max_length", "How long a burst of read operations may last."),
    SECONDS("write_iops_sec_max_length", "How long a burst of write operations may last."),
    {NULL},
};

const DwSection dw_disk_sections[] = {
    {"", "", NULL, disk_rows},
    {"driver.", "driver", NULL, driver_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"source.", "source", NULL, source_rows},
    {"source.host.N.", "source/host[N]", NULL, host_rows},
    {"source.auth.", "source/auth", "auth", auth_rows},
    {"backing.N.", "backingStore^N", NULL, backing_rows},
    {"backing.N.source.", "backingStore^N/source", NULL, source_rows},
    {"backing.N.source.host.N.", "backingStore^N/source/host[N]", NULL, host_rows},
    {"backing.N.source.auth.", "backingStore^N/source/auth", NULL, auth_rows},
    {"iotune.", "iotune", NULL, iotune_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};
/* clang-format on */
