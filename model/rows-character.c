/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of what talks in characters: channels, serial ports, consoles, redirected USB devices; data
 * only. What the fields mean is in table.h. Whatever decides who is at the host's end is without
 * a reason to be safe (rows.h).
 */
#include "rows.h"

/* clang-format off */
const DwRow dw_character_source_rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, SAFE_CHANNEL, "bind connect", .safe_if = DW_SAFE_WHOLE, .safe_values = "bind", .doc = "Whether the host's socket listens or connects."},
    {"path", "@path", DW_FORM_PATH, 0, .doc = "The host's socket, device or file."},
    {"host", "@host", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name or address, for types tcp and udp."},
    {"service", "@service", DW_FORM_STRING, 0, .doc = "Port or service, for types tcp and udp."},
    {"channel", "@channel", DW_FORM_STRING, 0, .doc = "Name of the channel, for types spiceport and dbus."},
    {"append", "@append", DW_FORM_ONOFF, 0, .doc = "Whether a file is kept when the domain starts."},
    {"tls", "@tls", DW_FORM_YESNO, 0, .doc = "Whether type tcp is encrypted."},
    {"reconnect.enabled", "reconnect/@enabled", DW_FORM_YESNO, 0, .doc = "Whether a socket that connects does so again."},
    {"reconnect.timeout", "reconnect/@timeout", DW_FORM_UINT, 0, .unit = "s", .doc = "How long it waits before it does."},
    {NULL},
};

#define CHARACTER_ROWS \
    {"protocol.type", "protocol/@type", DW_FORM_ENUM, 0, "raw telnet telnets tls", .doc = "Protocol of type tcp."}, \
    {"log.file", "log/@file", DW_FORM_PATH, 0, .doc = "File on the host that what the guest says is written to."}, \
    {"log.append", "log/@append", DW_FORM_ONOFF, 0, .doc = "Whether that file is kept when the domain starts."}

static const DwRow channel_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_CHANNEL, CHARACTER_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "unix spicevmc", .doc = "What the host's end is; unix without a path, and spicevmc, are made by libvirt itself."},
    {"target.type", "target/@type", DW_FORM_ENUM, SAFE_GUEST, "virtio guestfwd xen", .safe_values = "virtio xen", .doc = "What the guest sees."},
    {"target.name", "target/@name", DW_FORM_STRING, "libvirt puts the socket in a directory of the domain's own, in a file of this name.", .safe_if = DW_SAFE_NAME, .doc = "Name of the port in the guest, such as org.qemu.guest_agent.0."},
    CHARACTER_ROWS,
    ALIAS,
    {NULL},
};

static const DwRow serial_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_TERMINAL, CHARACTER_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "pty null", .doc = "What the host's end is."},
    {"target.type", "target/@type", DW_FORM_STRING, SAFE_GUEST, .doc = "What the guest sees, such as isa-serial."},
    {"target.port", "target/@port", DW_FORM_UINT, SAFE_GUEST, .doc = "Number of the port in the guest."},
    {"target.model", "target/model/@name", DW_FORM_STRING, SAFE_GUEST, .doc = "Exact model the guest sees."},
    CHARACTER_ROWS,
    ALIAS,
    {NULL},
};

static const DwRow console_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_TERMINAL, CHARACTER_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "pty null", .doc = "What the host's end is."},
    {"target.type", "target/@type", DW_FORM_ENUM, SAFE_GUEST, "xen serial uml virtio lxc openvz sclp sclplm", .doc = "What the guest sees."},
    {"target.port", "target/@port", DW_FORM_UINT, SAFE_GUEST, .doc = "Number of the port in the guest."},
    CHARACTER_ROWS,
    ALIAS,
    {NULL},
};

static const DwRow redirdev_rows[] = {
    {"bus", "@bus", DW_FORM_ENUM, 0, "usb", .doc = "Bus that is redirected."},
    {"type", "@type", DW_FORM_ENUM, 0, CHARACTER_TYPES, .doc = "How the client's device is reached; spicevmc is made by libvirt itself."},
    CHARACTER_ROWS,
    BOOT_ORDER,
    ALIAS,
    {NULL},
};

#define SECTIONS(rows) { \
    {"", "", NULL, rows}, \
    {"source.", "source", NULL, dw_character_source_rows}, \
    {"address.", "address", NULL, dw_address_rows}, \
    {NULL}, \
}
const DwSection dw_channel_sections[] = SECTIONS(channel_rows);
const DwSection dw_serial_sections[] = SECTIONS(serial_rows);
const DwSection dw_console_sections[] = SECTIONS(console_rows);
const DwSection dw_redirdev_sections[] = SECTIONS(redirdev_rows);
/* clang-format on */
