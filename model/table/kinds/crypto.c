/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of devices that encrypt; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, 0, "virtio", .since = "9.2.0", .doc = "Device the guest sees."},
    {"type", "@type", DW_FORM_ENUM, 0, "qemu", .since = "9.2.0", .doc = "Who provides the device."},
    {"backend.model", "backend/@model", DW_FORM_ENUM, 0, "builtin lkcf", .since = "9.2.0", .doc = "Who does the work: the emulator, or the host's kernel."},
    {"backend.queues", "backend/@queues", DW_FORM_UINT, 0, .min = 1, .max = UINT32_MAX, .since = "9.2.0", .doc = "Number of virtio queues."},
    ALIAS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows, "9.2.0"},
    {"driver.", "driver", NULL, dw_virtio_rows, "9.2.0"},
    {"address.", "address", NULL, dw_address_rows, "9.2.0"},
    {NULL},
};

const DwGroup dw_crypto_group = {"crypto", NULL, sections};
/* clang-format on */
