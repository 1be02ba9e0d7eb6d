/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that several kinds of device share; data only. What the fields mean is in table.h. */
#include "rows.h"

/* clang-format off */
const DwRow dw_address_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_GUEST, "pci drive virtio-serial ccid usb spapr-vio ccw virtio-mmio isa dimm unassigned", .safe_values = "pci drive virtio-serial ccid usb spapr-vio ccw virtio-mmio isa dimm", .doc = "Kind of guest address."},
    {"domain", "@domain", DW_FORM_STRING, SAFE_GUEST, .doc = "PCI domain in the guest."},
    {"bus", "@bus", DW_FORM_STRING, SAFE_GUEST, .doc = "Bus number in the guest."},
    {"slot", "@slot", DW_FORM_STRING, SAFE_GUEST, .doc = "PCI, CCID or memory slot in the guest."},
    {"function", "@function", DW_FORM_STRING, SAFE_GUEST, .doc = "PCI function in the guest."},
    {"multifunction", "@multifunction", DW_FORM_ENUM, SAFE_GUEST, "on off", .doc = "Whether other PCI functions share the slot."},
    {"controller", "@controller", DW_FORM_STRING, SAFE_GUEST, .doc = "Index of the controller the device hangs on."},
    {"target", "@target", DW_FORM_STRING, SAFE_GUEST, .doc = "SCSI target number."},
    {"unit", "@unit", DW_FORM_STRING, SAFE_GUEST, .doc = "Unit number on the bus."},
    {"port", "@port", DW_FORM_STRING, SAFE_GUEST, .doc = "Port of a USB hub or virtio-serial controller."},
    {"reg", "@reg", DW_FORM_STRING, SAFE_GUEST, .doc = "spapr-vio register."},
    {"cssid", "@cssid", DW_FORM_STRING, SAFE_GUEST, .doc = "CCW channel subsystem."},
    {"ssid", "@ssid", DW_FORM_STRING, SAFE_GUEST, .doc = "CCW subchannel set."},
    {"devno", "@devno", DW_FORM_STRING, SAFE_GUEST, .doc = "CCW device number."},
    {"iobase", "@iobase", DW_FORM_STRING, SAFE_GUEST, .doc = "ISA I/O port."},
    {"irq", "@irq", DW_FORM_STRING, SAFE_GUEST, .doc = "ISA interrupt."},
    {"base", "@base", DW_FORM_STRING, SAFE_GUEST, .doc = "Guest memory address of a DIMM."},
    {"zpci.uid", "zpci/@uid", DW_FORM_STRING, SAFE_GUEST, .doc = "User-defined identifier of a PCI device on s390."},
    {"zpci.fid", "zpci/@fid", DW_FORM_STRING, SAFE_GUEST, .doc = "Function identifier of a PCI device on s390."},
    {NULL},
};

/* In <driver> of virtio devices. */
const DwRow dw_virtio_rows[] = {
    {"iommu", "@iommu", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Whether the guest's IOMMU is used, virtio only."},
    {"ats", "@ats", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Address translation services, virtio only."},
    {"packed", "@packed", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.3.0", .doc = "Packed queues, virtio only."},
    {"page_per_vq", "@page_per_vq", DW_FORM_ONOFF, SAFE_GUEST, .since = "7.9.0", .doc = "A page of its own for each queue, virtio only."},
    {NULL},
};
/* clang-format on */
