/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of the filter for redirected USB devices; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow usbdev_rows[] = {
    {"class", "@class", DW_FORM_STRING, 0, .doc = "Class of the devices the rule is for, such as 0x08; -1 is any."},
    {"vendor", "@vendor", DW_FORM_STRING, 0, .doc = "Vendor of the devices, such as 0x1234; -1 is any."},
    {"product", "@product", DW_FORM_STRING, 0, .doc = "Product, such as 0xbeef; -1 is any."},
    {"version", "@version", DW_FORM_STRING, 0, .doc = "Revision of the devices, such as 1.10; -1 is any."},
    {"allow", "@allow", DW_FORM_YESNO, 0, .doc = "Whether a client may hand on such a device; the first rule that fits decides."},
    {NULL},
};

static const DwSection sections[] = {
    {"usbdev.N.", "usbdev[N]", NULL, usbdev_rows},
    {NULL},
};

const DwGroup dw_redirfilter_group = {"redirfilter", NULL, sections};
/* clang-format on */
