/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of parallel ports; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, CHARACTER_TYPES, .doc = "What the host's end is."},
    {"target.type", "target/@type", DW_FORM_STRING, 0, .doc = "What the guest sees, such as isa-serial."},
    {"target.port", "target/@port", DW_FORM_UINT, 0, .doc = "Number of the port in the guest."},
    {"target.model", "target/model/@name", DW_FORM_STRING, 0, .doc = "Exact model the guest sees."},
    CHARACTER_ROWS,
    ALIAS,
    ACPI_ROWS,
    TTY,
    {NULL},
};

static const DwSection sections[] = CHARACTER_SECTIONS(rows);

const DwGroup dw_parallel_group = {"parallel", NULL, sections};
/* clang-format on */
