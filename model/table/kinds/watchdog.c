/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of watchdogs; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "i6300esb ib700 diag288 itco@9.1.0", .doc = "Watchdog the guest sees."},
    {"action", "@action", DW_FORM_ENUM, SAFE_RUN, "reset shutdown poweroff pause none dump inject-nmi", .safe_values = "reset shutdown poweroff pause none inject-nmi", .doc = "What happens when the guest does not answer; dump writes its memory to the host."},
    ALIAS,
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_watchdog_group = {"watchdog", NULL, sections, SAFE_GUEST};
/* clang-format on */
