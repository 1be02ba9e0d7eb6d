/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of the remaining devices people expect of a machine: controllers, host devices, filesystems
 * and the small ones; data only. What the fields mean is in table.h. Whatever decides what the guest
 * can reach on the host or its network has no reason to be safe (rows.h).
 */
#include "rows.h"

/* clang-format off */
static const DwRow controller_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_GUEST, "fdc ide scsi sata virtio-serial ccid usb pci xenbus isa", .doc = "Bus the controller provides."},
    {"index", "@index", DW_FORM_UINT, SAFE_GUEST, .max = 255, .doc = "Number of the controller among those of its type."},
    {"model", "@model", DW_FORM_STRING, SAFE_GUEST, .doc = "Controller the guest sees, such as virtio-scsi or qemu-xhci."},
    {"ports", "@ports", DW_FORM_UINT, SAFE_GUEST, .max = 255, .doc = "Ports of a USB or virtio-serial controller."},
    {"vectors", "@vectors", DW_FORM_UINT, SAFE_GUEST, .doc = "Interrupt vectors of a virtio-serial controller."},
    {"maxGrantFrames", "@maxGrantFrames", DW_FORM_UINT, SAFE_GUEST, .doc = "Grant frames of a xenbus controller."},
    {"maxEventChannels", "@maxEventChannels", DW_FORM_UINT, SAFE_GUEST, .since = "6.3.0", .doc = "Event channels of a xenbus controller."},
    {"driver.queues", "driver/@queues", DW_FORM_UINT, SAFE_GUEST, .doc = "Queues of a SCSI controller."},
    {"driver.cmd_per_lun", "driver/@cmd_per_lun", DW_FORM_UINT, SAFE_GUEST, .doc = "Commands in flight for one SCSI device."},
    {"driver.max_sectors", "driver/@max_sectors", DW_FORM_UINT, SAFE_GUEST, .doc = "Sectors that one SCSI command moves at most."},
    {"driver.ioeventfd", "driver/@ioeventfd", DW_FORM_ONOFF, SAFE_GUEST, .doc = "I/O of a SCSI controller in a thread of its own."},
    {"driver.iothread", "driver/@iothread", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "I/O thread that serves a SCSI controller."},
    {"model.name", "model/@name", DW_FORM_STRING, SAFE_GUEST, .doc = "Exact PCI controller, such as pcie-root-port or ioh3420."},
    {"target.chassisNr", "target/@chassisNr", DW_FORM_UINT, SAFE_GUEST, .max = 255, .doc = "Chassis of a PCI bridge."},
    {"target.chassis", "target/@chassis", DW_FORM_UINT, SAFE_GUEST, .max = 255, .doc = "Chassis of a PCI Express port."},
    {"target.port", "target/@port", DW_FORM_STRING, SAFE_GUEST, .doc = "Number of a PCI Express port, such as 0x10."},
    {"target.busNr", "target/@busNr", DW_FORM_UINT, SAFE_GUEST, .max = 254, .doc = "Bus of a PCI expander."},
    {"target.index", "target/@index", DW_FORM_UINT, SAFE_GUEST, .max = 30, .doc = "Index of a pSeries PCI host bridge."},
    {"target.hotplug", "target/@hotplug", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.3.0", .doc = "Whether devices can be plugged into a PCI Express port."},
    {"target.node", "target/node", DW_FORM_UINT, SAFE_GUEST, .doc = "NUMA node of the guest a PCI expander is near."},
    {"pcihole64", "pcihole64", DW_FORM_SIZE, SAFE_GUEST, .unit = "bytes", .doc = "Address space for PCI devices above 4 GiB."},
    ALIAS,
    {NULL},
};

const DwSection dw_controller_sections[] = {
    {"", "", NULL, controller_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow tpm_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "tpm-tis tpm-crb tpm-spapr spapr-tpm-proxy@6.5.0", .doc = "TPM the guest sees."},
    {"backend.type", "backend/@type", DW_FORM_ENUM, 0, "passthrough emulator external@9.0.0", .doc = "Who provides it."},
    {"backend.version", "backend/@version", DW_FORM_ENUM, 0, "1.2 2.0", .doc = "Version of an emulated TPM."},
    {"backend.persistent_state", "backend/@persistent_state", DW_FORM_YESNO, 0, .since = "7.0.0", .doc = "Whether an emulated TPM keeps its state when a transient domain ends."},
    {"backend.device.path", "backend/device/@path", DW_FORM_PATH, 0, .doc = "TPM of the host, for passthrough."},
    {"backend.active_pcr_banks.sha1", "backend/active_pcr_banks/sha1", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-1 registers of an emulated TPM."},
    {"backend.active_pcr_banks.sha256", "backend/active_pcr_banks/sha256", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-256 registers of an emulated TPM."},
    {"backend.active_pcr_banks.sha384", "backend/active_pcr_banks/sha384", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-384 registers of an emulated TPM."},
    {"backend.active_pcr_banks.sha512", "backend/active_pcr_banks/sha512", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-512 registers of an emulated TPM."},
    {"backend.source.type", "backend/source/@type", DW_FORM_ENUM, 0, "unix", .since = "9.0.0", .doc = "Kind of socket of an external TPM."},
    {"backend.source.mode", "backend/source/@mode", DW_FORM_ENUM, 0, "connect", .since = "9.0.0", .doc = "Side of the socket that the domain is on."},
    {"backend.source.path", "backend/source/@path", DW_FORM_PATH, 0, .since = "9.0.0", .doc = "Socket of an external TPM."},
    {"backend.encryption.secret", "backend/encryption/@secret", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .doc = "libvirt secret with which an emulated TPM's state is encrypted."},
    ALIAS,
    {NULL},
};

const DwSection dw_tpm_sections[] = {
    {"", "", NULL, tpm_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow rng_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"rate.bytes", "rate/@bytes", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "bytes", .doc = "How much the guest gets in one period."},
    {"rate.period", "rate/@period", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "ms", .doc = "Length of the period."},
    {"backend", "backend", DW_FORM_PATH, SAFE_RANDOM, .safe_if = DW_SAFE_WHOLE, .safe_values = "/dev/urandom", .doc = "Device on the host, for backend.model random."},
    {"backend.model", "backend/@model", DW_FORM_ENUM, SAFE_RANDOM, "random builtin@6.1.0 egd", .safe_if = DW_SAFE_WHOLE, .safe_values = "random builtin", .doc = "Where random numbers come from."},
    {"backend.type", "backend/@type", DW_FORM_ENUM, 0, CHARACTER_TYPES, .doc = "How the entropy daemon is reached, for backend.model egd."},
    ALIAS,
    {NULL},
};

const DwSection dw_rng_sections[] = {
    {"", "", NULL, rng_rows},
    {"backend.source.", "backend/source", NULL, dw_character_source_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow memballoon_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS " xen none", .doc = "Balloon the guest sees; none for no balloon."},
    {"autodeflate", "@autodeflate", DW_FORM_ONOFF, SAFE_SHARE, .doc = "Give memory back when the guest runs out of it."},
    {"freePageReporting", "@freePageReporting", DW_FORM_ONOFF, SAFE_SHARE, .since = "6.9.0", .doc = "Give pages the guest does not use to the host."},
    {"stats.period", "stats/@period", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = INT32_MAX, .unit = "s", .flags = DW_ROW_LIVE, .doc = "How often the guest's statistics are read."},
    ALIAS,
    {NULL},
};

const DwSection dw_memballoon_sections[] = {
    {"", "", NULL, memballoon_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow watchdog_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "i6300esb ib700 diag288 itco@9.1.0", .doc = "Watchdog the guest sees."},
    {"action", "@action", DW_FORM_ENUM, SAFE_RUN, "reset shutdown poweroff pause none dump inject-nmi", .safe_values = "reset shutdown poweroff pause none inject-nmi", .doc = "What happens when the guest does not answer; dump writes its memory to the host."},
    ALIAS,
    {NULL},
};

const DwSection dw_watchdog_sections[] = {
    {"", "", NULL, watchdog_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow panic_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "isa pseries hyperv s390 pvpanic@9.1.0", .doc = "How the guest tells of a crash."},
    ALIAS,
    {NULL},
};

const DwSection dw_panic_sections[] = {
    {"", "", NULL, panic_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow vsock_rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"cid.auto", "cid/@auto", DW_FORM_YESNO, 0, .doc = "Whether libvirt chooses the address."},
    {"cid.address", "cid/@address", DW_FORM_UINT, 0, .min = 3, .max = UINT32_MAX, .doc = "Address of the guest."},
    ALIAS,
    {NULL},
};

const DwSection dw_vsock_sections[] = {
    {"", "", NULL, vsock_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow filesystem_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "mount bind file template block ram", .doc = "What is shared with the guest."},
    {"accessmode", "@accessmode", DW_FORM_ENUM, 0, "passthrough mapped squash", .doc = "Whose rights the guest's files have on the host."},
    {"multidevs", "@multidevs", DW_FORM_ENUM, 0, "default remap forbid warn", .since = "6.3.0", .doc = "What is done about more than one device of the host below the directory."},
    {"fmode", "@fmode", DW_FORM_STRING, 0, .since = "6.10.0", .doc = "Mode of files the guest makes, in octal, for accessmode mapped."},
    {"dmode", "@dmode", DW_FORM_STRING, 0, .since = "6.10.0", .doc = "Mode of directories the guest makes, in octal, for accessmode mapped."},
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"driver.type", "driver/@type", DW_FORM_ENUM, 0, "path handle loop nbd ploop virtiofs@6.2.0", .doc = "Protocol between guest and host."},
    {"driver.format", "driver/@format", DW_FORM_STRING, 0, .doc = "Format of an image, for types loop, nbd and ploop."},
    {"driver.wrpolicy", "driver/@wrpolicy", DW_FORM_ENUM, SAFE_SPEED, "immediate", .doc = "Write the guest's pages out at once."},
    {"driver.queue", "driver/@queue", DW_FORM_UINT, SAFE_SPEED, .since = "6.2.0", .doc = "Size of the virtiofs queue."},
    {"binary.path", "binary/@path", DW_FORM_PATH, 0, .since = "6.2.0", .doc = "virtiofs server that is run on the host."},
    {"binary.xattr", "binary/@xattr", DW_FORM_ONOFF, 0, .since = "6.2.0", .doc = "Extended attributes, virtiofs only."},
    {"binary.cache.mode", "binary/cache/@mode", DW_FORM_ENUM, 0, "none always", .since = "6.2.0", .doc = "Caching in the guest, virtiofs only."},
    {"binary.sandbox.mode", "binary/sandbox/@mode", DW_FORM_ENUM, 0, "namespace chroot", .since = "7.2.0", .doc = "How the virtiofs server is confined."},
    {"binary.lock.posix", "binary/lock/@posix", DW_FORM_ONOFF, 0, .since = "6.2.0", .doc = "POSIX locks, virtiofs only."},
    {"binary.lock.flock", "binary/lock/@flock", DW_FORM_ONOFF, 0, .since = "6.2.0", .doc = "Whole-file locks, virtiofs only."},
    {"binary.thread_pool.size", "binary/thread_pool/@size", DW_FORM_INT, 0, .doc = "Threads of the virtiofs server."},
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
    {NULL},
};

const DwSection dw_filesystem_sections[] = {
    {"", "", NULL, filesystem_rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow hostdev_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, 0, "subsystem capabilities", .doc = "Whether a whole device or a facility of the host is given away."},
    {"type", "@type", DW_FORM_ENUM, 0, "usb pci scsi scsi_host mdev storage misc net", .doc = "Kind of host device; inferred from the source that is given."},
    {"managed", "@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt detaches the device from the host by itself."},
    {"model", "@model", DW_FORM_ENUM, 0, VIRTIO_MODELS " vfio-pci vfio-ccw vfio-ap", .doc = "Variant of a mediated or scsi_host device."},
    {"display", "@display", DW_FORM_ONOFF, 0, .doc = "Whether a mediated device has a display."},
    {"ramfb", "@ramfb", DW_FORM_ONOFF, 0, .doc = "Whether a mediated device has a display from the start."},
    {"rawio", "@rawio", DW_FORM_YESNO, 0, .doc = "Raw I/O capability for a SCSI device."},
    {"sgio", "@sgio", DW_FORM_ENUM, 0, "filtered unfiltered", .doc = "Filtering of SCSI commands."},
    {"source.startupPolicy", "source/@startupPolicy", DW_FORM_ENUM, 0, "mandatory requisite optional", .doc = "What happens when the device is missing at start."},
    {"source.guestReset", "source/@guestReset", DW_FORM_ENUM, 0, "off uninitialized on", .since = "7.10.0", .doc = "Whether the guest can reset a USB device."},
    {"source.writeFiltering", "source/@writeFiltering", DW_FORM_YESNO, 0, .since = "6.8.0", .doc = "Whether the guest's writes to the PCI configuration are filtered, Xen only."},
    {"source.protocol", "source/@protocol", DW_FORM_ENUM, 0, "adapter iscsi vhost", .doc = "How a SCSI device is reached."},
    {"source.wwpn", "source/@wwpn", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "World Wide Port Name of a scsi_host device, beginning with naa."},
    {"source.name", "source/@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Target and LUN of an iSCSI device."},
    {"source.vendor", "source/vendor/@id", DW_FORM_STRING, 0, .doc = "Vendor of a USB device, such as 0x1234."},
    {"source.product", "source/product/@id", DW_FORM_STRING, 0, .doc = "Product of a USB device, such as 0xbeef."},
    {"source.adapter.name", "source/adapter/@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Adapter of a SCSI device, such as scsi_host0."},
    {"source.address", "source/address", DW_FORM_PCI, 0, .doc = "Address of a PCI device on the host."},
    {"source.address.bus", "source/address/@bus", DW_FORM_STRING, 0, .doc = "Bus of a USB or SCSI device on the host."},
    {"source.address.device", "source/address/@device", DW_FORM_STRING, 0, .doc = "Number of a USB device on its bus."},
    {"source.address.target", "source/address/@target", DW_FORM_STRING, 0, .doc = "SCSI target number on the host."},
    {"source.address.unit", "source/address/@unit", DW_FORM_STRING, 0, .doc = "SCSI unit number on the host."},
    {"source.address.uuid", "source/address/@uuid", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .doc = "UUID of a mediated device."},
    {"source.block", "source/block", DW_FORM_PATH, 0, .doc = "Block device on the host, for type storage."},
    {"source.char", "source/char", DW_FORM_PATH, 0, .doc = "Character device on the host, for type misc."},
    {"source.interface", "source/interface", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Network device on the host, for type net."},
    {"driver.name", "driver/@name", DW_FORM_ENUM, 0, "vfio xen kvm", .doc = "Driver on the host."},
    {"teaming.type", "teaming/@type", DW_FORM_ENUM, 0, "persistent transient", .since = "7.1.0", .doc = "Part the device has in a team with a virtio interface."},
    {"teaming.persistent", "teaming/@persistent", DW_FORM_STRING, 0, .since = "7.1.0", .doc = "Alias of the persistent interface of the team."},
    {"readonly", "readonly", DW_FORM_PRESENCE, 0, .doc = "The guest cannot write to a SCSI device."},
    {"shareable", "shareable", DW_FORM_PRESENCE, 0, .doc = "Other domains use a SCSI device at the same time."},
    BOOT_ORDER,
    ROM_ROWS,
    ALIAS,
    ACPI_INDEX,
    {NULL},
};

const DwSection dw_hostdev_sections[] = {
    {"", "", NULL, hostdev_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};

static const DwRow iommu_rows[] = {
    {"model", "@model", DW_FORM_ENUM, 0, "intel smmuv3 virtio@8.3.0", .doc = "IOMMU the guest sees."},
    {"driver.intremap", "driver/@intremap", DW_FORM_ONOFF, 0, .doc = "Remapping of interrupts, intel only."},
    {"driver.caching_mode", "driver/@caching_mode", DW_FORM_ONOFF, 0, .doc = "Caching mode, intel only; needed for assigned devices."},
    {"driver.eim", "driver/@eim", DW_FORM_ONOFF, 0, .doc = "Extended interrupts, intel only; needed beyond 255 processors."},
    {"driver.iotlb", "driver/@iotlb", DW_FORM_ONOFF, 0, .doc = "Translation cache of devices."},
    {"driver.aw_bits", "driver/@aw_bits", DW_FORM_UINT, 0, .min = 1, .max = 255, .since = "6.5.0", .doc = "Width of addresses, intel only."},
    ALIAS,
    {NULL},
};

const DwSection dw_iommu_sections[] = {
    {"", "", NULL, iommu_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};
/* clang-format on */
