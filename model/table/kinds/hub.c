/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of USB hubs; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, 0, "usb", .doc = "Bus of the hub."},
    ALIAS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_hub_group = {"hub", NULL, sections};
/* clang-format on */
