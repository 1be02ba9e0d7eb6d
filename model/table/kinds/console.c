/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of consoles; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_TERMINAL, CHARACTER_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "pty null", .doc = "What the host's end is."},
    {"target.type", "target/@type", DW_FORM_ENUM, SAFE_GUEST, "xen serial uml virtio lxc openvz sclp sclplm", .doc = "What the guest sees."},
    {"target.port", "target/@port", DW_FORM_UINT, SAFE_GUEST, .doc = "Number of the port in the guest."},
    CHARACTER_ROWS,
    ALIAS,
    {"target.model", "target/model/@name", DW_FORM_STRING, SAFE_GUEST, .doc = "Exact model the guest sees."},
    ACPI_ROWS,
    TTY,
    {NULL},
};

static const DwSection sections[] = CHARACTER_SECTIONS(rows);

const DwGroup dw_console_group = {"console", NULL, sections, SAFE_TERMINAL, "@type"};
/* clang-format on */
