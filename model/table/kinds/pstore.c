/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of persistent stores for the records of a crash; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"backend", "@backend", DW_FORM_ENUM, 0, "acpi-erst", .since = "10.6.0", .doc = "Interface the guest sees."},
    {"path", "path", DW_FORM_PATH, 0, .since = "10.6.0", .doc = "File on the host with the records."},
    {"size", "size", DW_FORM_SIZE, 0, .unit = "bytes", .since = "10.6.0", .doc = "Size of the store."},
    ALIAS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows, "10.6.0"},
    {"address.", "address", NULL, dw_address_rows, "10.6.0"},
    {NULL},
};

const DwGroup dw_pstore_group = {"pstore", NULL, sections};
/* clang-format on */
