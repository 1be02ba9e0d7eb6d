/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of channels; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_CHANNEL, CHARACTER_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "unix spicevmc", .doc = "What the host's end is; unix without a path, and spicevmc, are made by libvirt itself."},
    {"target.type", "target/@type", DW_FORM_ENUM, SAFE_GUEST, "virtio guestfwd xen", .safe_values = "virtio xen", .doc = "What the guest sees."},
    {"target.name", "target/@name", DW_FORM_STRING, "libvirt puts the socket in a directory of the domain's own, in a file of this name.", .safe_if = DW_SAFE_NAME, .doc = "Name of the port in the guest, such as org.qemu.guest_agent.0."},
    CHARACTER_ROWS,
    ALIAS,
    {"target.address", "target/@address", DW_FORM_STRING, 0, .doc = "Address the guest connects to, for target.type guestfwd."},
    {"target.port", "target/@port", DW_FORM_UINT, 0, .doc = "Port the guest connects to, for target.type guestfwd."},
    {"target.state", "target/@state", DW_FORM_ENUM, 0, "connected disconnected", .flags = DW_ROW_OUTPUT, .doc = "Whether something in the guest of a running domain has opened the port."},
    {NULL},
};

static const DwSection sections[] = CHARACTER_SECTIONS(rows);

const DwGroup dw_channel_group = {"channel", "target/@name", sections, SAFE_CHANNEL, "@type"};
/* clang-format on */
