/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of devices that tell of crashes; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "isa pseries hyperv s390 pvpanic@9.1.0", .doc = "How the guest tells of a crash."},
    ALIAS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_panic_group = {"panic", NULL, sections, SAFE_GUEST};
/* clang-format on */
