/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of memory balloons; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS " xen none", .doc = "Balloon the guest sees; none for no balloon."},
    {"autodeflate", "@autodeflate", DW_FORM_ONOFF, SAFE_SHARE, .usual = "off", .doc = "Give memory back when the guest runs out of it."},
    {"freePageReporting", "@freePageReporting", DW_FORM_ONOFF, SAFE_SHARE, .since = "6.9.0", .usual = "off", .doc = "Give pages the guest does not use to the host."},
    {"stats.period", "stats/@period", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = INT32_MAX, .unit = "s", .flags = DW_ROW_LIVE, .doc = "How often the guest's statistics are read."},
    ALIAS,
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_memballoon_group = {"memballoon", NULL, sections, SAFE_GUEST};
/* clang-format on */
