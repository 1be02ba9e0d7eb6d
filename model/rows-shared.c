/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that several kinds of device share; data only. What the fields mean is in table.h. */
#include "rows.h"

/* clang-format off */
const DwRow dw_address_rows[] = {
    {"type", "@type", DW_FORM_ENUM, DW_ROW_SAFE, "pci drive virtio-serial ccid usb spapr-vio ccw virtio-mmio isa dimm unassigned", .doc = "Kind of guest address."},
    {"domain", "@domain", DW_FORM_STRING, DW_ROW_SAFE, .doc = "PCI domain in the guest."},
    {"bus", "@bus", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Bus number in the guest."},
    {"slot", "@slot", DW_FORM_STRING, DW_ROW_SAFE, .doc = "PCI, CCID or memory slot in the guest."},
    {"function", "@function", DW_FORM_STRING, DW_ROW_SAFE, .doc = "PCI function in the guest."},
    {"multifunction", "@multifunction", DW_FORM_ENUM, DW_ROW_SAFE, "on off", .doc = "Whether other PCI functions share the slot."},
    {"controller", "@controller", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Index of the controller the device hangs on."},
    {"target", "@target", DW_FORM_STRING, DW_ROW_SAFE, .doc = "SCSI target number."},
    {"unit", "@unit", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Unit number on the bus."},
    {"port", "@port", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Port of a USB hub or virtio-serial controller."},
    {"reg", "@reg", DW_FORM_STRING, DW_ROW_SAFE, .doc = "spapr-vio register."},
    {"cssid", "@cssid", DW_FORM_STRING, DW_ROW_SAFE, .doc = "CCW channel subsystem."},
    {"ssid", "@ssid", DW_FORM_STRING, DW_ROW_SAFE, .doc = "CCW subchannel set."},
    {"devno", "@devno", DW_FORM_STRING, DW_ROW_SAFE, .doc = "CCW device number."},
    {"iobase", "@iobase", DW_FORM_STRING, DW_ROW_SAFE, .doc = "ISA I/O port."},
    {"irq", "@irq", DW_FORM_STRING, DW_ROW_SAFE, .doc = "ISA interrupt."},
    {"base", "@base", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Guest memory address of a DIMM."},
    {"zpci.uid", "zpci/@uid", DW_FORM_STRING, DW_ROW_SAFE, .doc = "User-defined identifier of a PCI device on s390."},
    {"zpci.fid", "zpci/@fid", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Function identifier of a PCI device on s390."},
    {NULL},
};

/* In <driver> of virtio devices. */
const DwRow dw_virtio_rows[] = {
    {"iommu", "@iommu", DW_FORM_ONOFF, DW_ROW_SAFE, .doc = "Whether the guest's IOMMU is used, virtio only."},
    {"ats", "@ats", DW_FORM_ONOFF, DW_ROW_SAFE, .doc = "Address translation services, virtio only."},
    {"packed", "@packed", DW_FORM_ONOFF, DW_ROW_SAFE, .since = "6.3.0", .doc = "Packed queues, virtio only."},
    {"page_per_vq", "@page_per_vq", DW_FORM_ONOFF, DW_ROW_SAFE, .since = "7.9.0", .doc = "A page of its own for each queue, virtio only."},
    {NULL},
};
/* clang-format on */
