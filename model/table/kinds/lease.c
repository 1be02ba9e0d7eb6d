/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of leases of a lock manager; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"key", "key", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name of the lease."},
    {"lockspace", "lockspace", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Lock space that the lease is in."},
    {"target.path", "target/@path", DW_FORM_PATH, 0, .flags = DW_ROW_LAX, .doc = "File on the host with the lease."},
    {"target.offset", "target/@offset", DW_FORM_UINT64, 0, .unit = "bytes", .doc = "Where in the file the lease begins."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {NULL},
};

const DwGroup dw_lease_group = {"lease", "key", sections};
/* clang-format on */
