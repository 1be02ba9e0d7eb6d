/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of serial ports; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_TERMINAL, CHARACTER_TYPES, .safe_if = DW_SAFE_WHOLE, .safe_values = "pty null", .doc = "What the host's end is."},
    {"target.type", "target/@type", DW_FORM_STRING, SAFE_GUEST, .doc = "What the guest sees, such as isa-serial."},
    {"target.port", "target/@port", DW_FORM_UINT, SAFE_GUEST, .doc = "Number of the port in the guest."},
    {"target.model", "target/model/@name", DW_FORM_STRING, SAFE_GUEST, .doc = "Exact model the guest sees."},
    CHARACTER_ROWS,
    ALIAS,
    ACPI_ROWS,
    TTY,
    {NULL},
};

static const DwSection sections[] = CHARACTER_SECTIONS(rows);

const DwGroup dw_serial_group = {"serial", NULL, sections, SAFE_TERMINAL, "@type"};
/* clang-format on */
