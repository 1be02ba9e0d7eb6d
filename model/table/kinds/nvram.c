/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of the memory of settings of pSeries; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwSection sections[] = {
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_nvram_group = {"nvram", NULL, sections};
/* clang-format on */
