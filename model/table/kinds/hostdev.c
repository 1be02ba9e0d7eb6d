/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of host devices handed to the guest; data only. What the fields mean is in table.h. What is
 * handed over has no reason to be safe (rows.h). */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, 0, "subsystem capabilities", .doc = "Whether a whole device or a facility of the host is given away."},
    {"type", "@type", DW_FORM_ENUM, 0, "usb pci scsi scsi_host mdev storage misc net", .doc = "Kind of host device; inferred from the source that is given."},
    {"managed", "@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt detaches the device from the host by itself."},
    {"model", "@model", DW_FORM_ENUM, 0, VIRTIO_MODELS " vfio-pci vfio-ccw vfio-ap", .doc = "Variant of a mediated or scsi_host device."},
    {"display", "@display", DW_FORM_ONOFF, 0, .usual = "off", .doc = "Whether a mediated device has a display."},
    {"ramfb", "@ramfb", DW_FORM_ONOFF, 0, .usual = "off", .doc = "Whether a mediated device has a display from the start."},
    {"rawio", "@rawio", DW_FORM_YESNO, 0, .doc = "Raw I/O capability for a SCSI device."},
    {"sgio", "@sgio", DW_FORM_ENUM, 0, "filtered unfiltered", .doc = "Filtering of SCSI commands."},
    {"source.startupPolicy", "source/@startupPolicy", DW_FORM_ENUM, 0, "mandatory requisite optional", .usual = "mandatory", .doc = "What happens when the device is missing at start."},
    {"source.guestReset", "source/@guestReset", DW_FORM_ENUM, 0, "off uninitialized on", .since = "8.6.0", .doc = "Whether the guest can reset a USB device."},
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
    ACPI_ROWS,
    {"driver.model", "driver/@model", DW_FORM_STRING, 0, .since = "10.0.0", .doc = "Driver of the host's kernel, such as a variant of vfio-pci."},
    {"driver.iommufd", "driver/@iommufd", DW_FORM_YESNO, 0, .since = "12.1.0", .doc = "Whether the device is handed over through iommufd."},
    {"source.address.multifunction", "source/address/@multifunction", DW_FORM_ENUM, 0, "on off", .doc = "Whether other PCI functions share the slot on the host."},
    {"source.address.port", "source/address/@port", DW_FORM_STRING, 0, .since = "12.1.0", .doc = "Port of a USB device on the host's bus, such as 1.4."},
    {"source.initiator", "source/initiator/iqn/@name", DW_FORM_STRING, 0, .since = "6.7.0", .doc = "iSCSI name of the initiator (IQN)."},
    {"source.adapter.type", "source/adapter/@type", DW_FORM_ENUM, 0, "scsi_host fc_host", .doc = "Kind of adapter."},
    {"source.adapter.managed", "source/adapter/@managed", DW_FORM_YESNO, 0, .doc = "Whether libvirt removes the adapter it made."},
    {"source.adapter.parent", "source/adapter/@parent", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Adapter of the host that a virtual one is made on."},
    {"source.adapter.parent_wwnn", "source/adapter/@parent_wwnn", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "World Wide Node Name of that adapter."},
    {"source.adapter.parent_wwpn", "source/adapter/@parent_wwpn", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "World Wide Port Name of that adapter."},
    {"source.adapter.parent_fabric_wwn", "source/adapter/@parent_fabric_wwn", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "World Wide Name of the fabric that adapter is in."},
    {"source.adapter.wwnn", "source/adapter/@wwnn", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "World Wide Node Name of a virtual adapter."},
    {"source.adapter.wwpn", "source/adapter/@wwpn", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "World Wide Port Name of a virtual adapter."},
    {"source.adapter.parentaddr", "source/adapter/parentaddr/address", DW_FORM_PCI, 0, .doc = "PCI address on the host of an adapter of type scsi_host."},
    {"source.adapter.parentaddr.multifunction", "source/adapter/parentaddr/address/@multifunction", DW_FORM_ENUM, 0, "on off", .doc = "Whether other PCI functions share the slot of that adapter."},
    {"source.adapter.parentaddr.unique_id", "source/adapter/parentaddr/@unique_id", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .doc = "Which of the adapters at that address."},
    {NULL},
};

static const DwRow source_host_rows[] = {
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name or address of the iSCSI server."},
    {"port", "@port", DW_FORM_UINT, 0, .max = 65535, .doc = "Port of the iSCSI server."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"source.host.N.", "source/host[N]", NULL, source_host_rows},
    {"source.auth.", "source/auth", NULL, dw_source_auth_rows},
    {"ip.N.", "ip[N]", NULL, dw_ip_rows},
    {"route.N.", "route[N]", NULL, dw_route_rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_hostdev_group = {"hostdev", NULL, sections};
/* clang-format on */
