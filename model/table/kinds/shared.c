/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that several kinds of device share; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
const DwRow dw_address_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_GUEST, "pci drive virtio-serial ccid usb spapr-vio ccw virtio-mmio isa dimm unassigned", .safe_values = "pci drive virtio-serial ccid usb spapr-vio ccw virtio-mmio isa dimm", .doc = "Kind of guest address."},
    {"domain", "@domain", DW_FORM_STRING, SAFE_GUEST, .doc = "PCI domain in the guest."},
    {"bus", "@bus", DW_FORM_STRING, SAFE_GUEST, .doc = "Bus number in the guest."},
    {"slot", "@slot", DW_FORM_STRING, SAFE_GUEST, .doc = "PCI, CCID or memory slot in the guest."},
    {"function", "@function", DW_FORM_STRING, SAFE_GUEST, .doc = "PCI function in the guest."},
    {"multifunction", "@multifunction", DW_FORM_ENUM, SAFE_GUEST, "on off", .usual = "off", .doc = "Whether other PCI functions share the slot."},
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
    {"iommu", "@iommu", DW_FORM_ONOFF, SAFE_GUEST, .usual = "off", .doc = "Whether the guest's IOMMU is used, virtio only."},
    {"ats", "@ats", DW_FORM_ONOFF, SAFE_GUEST, .usual = "off", .doc = "Address translation services, virtio only."},
    {"packed", "@packed", DW_FORM_ONOFF, SAFE_GUEST, .since = "6.3.0", .usual = "off", .doc = "Packed queues, virtio only."},
    {"page_per_vq", "@page_per_vq", DW_FORM_ONOFF, SAFE_GUEST, .since = "7.9.0", .usual = "off", .doc = "A page of its own for each queue, virtio only."},
    {NULL},
};

/* How the host's security drivers label what a source names. */
const DwRow dw_seclabel_rows[] = {
    {"model", "@model", DW_FORM_STRING, 0, .doc = "Security driver the label is for, such as selinux or dac; all when it is not given."},
    {"relabel", "@relabel", DW_FORM_YESNO, 0, .doc = "Whether the source gets a label when the domain starts."},
    {"labelskip", "@labelskip", DW_FORM_ENUM, 0, "yes", .doc = "The source kept the label it had, because it could not be changed."},
    {"label", "label", DW_FORM_STRING, 0, .doc = "Label of the source, in place of one made for the domain."},
    {NULL},
};

const DwRow dw_ip_rows[] = {
    {"address", "@address", DW_FORM_STRING, 0, .doc = "Address of the guest."},
    {"family", "@family", DW_FORM_ENUM, 0, "ipv4 ipv6", .doc = "Whether it is IPv4 or IPv6."},
    {"prefix", "@prefix", DW_FORM_UINT, 0, .max = 128, .doc = "Length of the network's part."},
    {"peer", "@peer", DW_FORM_STRING, 0, .doc = "Address at the other end."},
    {NULL},
};

const DwRow dw_route_rows[] = {
    {"family", "@family", DW_FORM_ENUM, 0, "ipv4 ipv6", .doc = "Whether the route is for IPv4 or IPv6."},
    {"address", "@address", DW_FORM_STRING, 0, .doc = "Network the route leads to."},
    {"prefix", "@prefix", DW_FORM_UINT, 0, .max = 128, .doc = "Length of the network's part of the address."},
    {"netmask", "@netmask", DW_FORM_STRING, 0, .doc = "Network's part of the address as a mask, IPv4 only."},
    {"gateway", "@gateway", DW_FORM_STRING, 0, .doc = "Address the packets are sent to."},
    {"metric", "@metric", DW_FORM_UINT, 0, .doc = "Cost of the route; the lowest is taken."},
    {NULL},
};

/* Users and groups of a container or a shared directory, and which of the host they are. */
const DwRow dw_idmap_rows[] = {
    {"start", "@start", DW_FORM_UINT, 0, .doc = "First id in the guest."},
    {"target", "@target", DW_FORM_UINT, 0, .doc = "Id on the host that the first one is."},
    {"count", "@count", DW_FORM_UINT, 0, .doc = "How many ids follow each other."},
    {NULL},
};

/* An I/O thread in the driver of a disk or controller, and which queues it serves. */
const DwRow dw_iothread_rows[] = {
    {"", "", DW_FORM_PRESENCE, 0, .doc = "Whether this I/O thread serves the device; all queues when queue names none."},
    {"queue", "queue/@id", DW_FORM_LIST, 0, .doc = "Numbers of the queues that this I/O thread serves, from 0."},
    {NULL},
};


/* <source> of what talks in characters. Whatever decides who is at the host's end has no reason to
 * be safe. */
const DwRow dw_character_source_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, SAFE_CHANNEL, "bind connect", .safe_if = DW_SAFE_WHOLE, .safe_values = "bind", .usual = "connect", .doc = "Whether the host's socket listens or connects."},
    {"path", "@path", DW_FORM_PATH, 0, .flags = DW_ROW_LAX, .doc = "The host's socket, device or file."},
    {"host", "@host", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name or address, for types tcp and udp."},
    {"service", "@service", DW_FORM_STRING, 0, .doc = "Port or service, for types tcp and udp."},
    {"channel", "@channel", DW_FORM_STRING, 0, .doc = "Name of the channel, for types spiceport and dbus."},
    {"append", "@append", DW_FORM_ONOFF, 0, .usual = "off", .doc = "Whether a file is kept when the domain starts."},
    {"tls", "@tls", DW_FORM_YESNO, 0, .doc = "Whether type tcp is encrypted."},
    {"reconnect.enabled", "reconnect/@enabled", DW_FORM_YESNO, 0, .usual = "no", .doc = "Whether a socket that connects does so again."},
    {"reconnect.timeout", "reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .doc = "How long it waits before it does."},
    {"reconnect.delay", "reconnect/@delay", DW_FORM_UINT, 0, .unit = "s", .since = "9.2.0", .doc = "How long a socket that connects waits before it tries again."},
    {"master", "@master", DW_FORM_PATH, 0, .doc = "Device of the host's end, for type nmdm."},
    {"slave", "@slave", DW_FORM_PATH, 0, .doc = "Device for others to connect to, for type nmdm."},
    {"clipboard.copypaste", "clipboard/@copypaste", DW_FORM_YESNO, 0, .since = "8.4.0", .doc = "Whether guest and display share the clipboard, for type qemu-vdagent."},
    {"mouse.mode", "mouse/@mode", DW_FORM_ENUM, 0, "server client", .since = "8.4.0", .doc = "Who moves the mouse, for type qemu-vdagent."},
    {NULL},
};

/* A device of type udp has two ends on the host, one that listens and one that is sent to. */
const DwRow dw_datagram_source_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, 0, "bind connect", .doc = "Whether the second source, N = 2, is where type udp listens or where it sends to; the first is the other."},
    {"host", "@host", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name or address of the second source of type udp."},
    {"service", "@service", DW_FORM_STRING, 0, .doc = "Port or service of the second source of type udp."},
    {NULL},
};
/* clang-format on */
