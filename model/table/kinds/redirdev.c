/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of USB devices that a client hands on; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"bus", "@bus", DW_FORM_ENUM, 0, "usb", .doc = "Bus that is redirected."},
    {"type", "@type", DW_FORM_ENUM, 0, CHARACTER_TYPES, .doc = "How the client's device is reached; spicevmc is made by libvirt itself."},
    CHARACTER_ROWS,
    BOOT_ORDER,
    ALIAS,
    {NULL},
};

static const DwSection sections[] = CHARACTER_SECTIONS(rows);

const DwGroup dw_redirdev_group = {"redirdev", NULL, sections};
/* clang-format on */
