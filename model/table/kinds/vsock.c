/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of sockets between guest and host; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"cid.auto", "cid/@auto", DW_FORM_YESNO, 0, .doc = "Whether libvirt chooses the address."},
    {"cid.address", "cid/@address", DW_FORM_UINT, 0, .min = 3, .max = UINT32_MAX, .doc = "Address of the guest."},
    ALIAS,
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, dw_virtio_rows, "7.1.0"},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_vsock_group = {"vsock", NULL, sections};
/* clang-format on */
