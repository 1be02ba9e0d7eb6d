/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of smart card readers; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"mode", "@mode", DW_FORM_ENUM, 0, "host host-certificates passthrough", .doc = "Whose card the guest reads: the host's, one made of certificates, or a client's."},
    {"type", "@type", DW_FORM_ENUM, 0, CHARACTER_TYPES, .doc = "How the client is reached, for mode passthrough."},
    {"certificate", "certificate", DW_FORM_LIST, 0, .flags = DW_ROW_HOST, .doc = "Names of the three certificates of the host's database, for mode host-certificates."},
    {"database", "database", DW_FORM_PATH, 0, .doc = "Directory on the host with the certificates, for mode host-certificates."},
    {"target.type", "target/@type", DW_FORM_STRING, 0, .doc = "What the guest sees."},
    {"target.port", "target/@port", DW_FORM_UINT, 0, .flags = DW_ROW_FREE, .doc = "Number of the port in the guest."},
    {"target.model", "target/model/@name", DW_FORM_STRING, 0, .doc = "Exact model the guest sees."},
    CHARACTER_ROWS,
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = CHARACTER_SECTIONS(rows);

const DwGroup dw_smartcard_group = {"smartcard", NULL, sections};
/* clang-format on */
