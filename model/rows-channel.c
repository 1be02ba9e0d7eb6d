/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of channels, and of device addresses; data only. What the fields mean is in table.h. */
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
    {NULL},
};

static const DwRow channel_rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "unix pty spicevmc spiceport tcp udp file dev pipe null stdio vc dbus@8.4.0 qemu-vdagent@8.4.0", .doc = "What the host's end is; unix without a path, and spicevmc, are made by libvirt itself."},
    {"target.type", "target/@type", DW_FORM_ENUM, DW_ROW_SAFE, "virtio guestfwd xen", .doc = "What the guest sees."},
    {"target.name", "target/@name", DW_FORM_STRING, DW_ROW_SAFE, .doc = "Name of the port in the guest, such as org.qemu.guest_agent.0."},
    {"source.mode", "source/@mode", DW_FORM_ENUM, 0, "bind connect", .doc = "Whether the host's socket listens or connects."},
    {"source.path", "source/@path", DW_FORM_PATH, 0, .doc = "The host's socket, device or file."},
    {"alias", "alias/@name", DW_FORM_STRING, DW_ROW_SAFE, .doc = "The user's own name for the device, beginning with \"ua-\"."},
    {NULL},
};

const DwSection dw_channel_sections[] = {
    {"", "", NULL, channel_rows},
    {"address.", "address", NULL, dw_address_rows},
    {NULL},
};
/* clang-format on */
