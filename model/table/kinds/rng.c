/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of sources of random numbers; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* /dev/random, which libvirt puts in where no device is named, does not run out since Linux 5.6. */
/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"rate.bytes", "rate/@bytes", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "bytes", .doc = "How much the guest gets in one period."},
    {"rate.period", "rate/@period", DW_FORM_UINT, SAFE_SHARE, .min = 1, .max = UINT32_MAX, .unit = "ms", .doc = "Length of the period."},
    {"backend", "backend", DW_FORM_PATH, SAFE_RANDOM, .safe_if = DW_SAFE_WHOLE, .safe_values = "/dev/urandom /dev/random", .doc = "Device on the host, for backend.model random."},
    {"backend.model", "backend/@model", DW_FORM_ENUM, SAFE_RANDOM, "random builtin@6.1.0 egd", .safe_if = DW_SAFE_WHOLE, .safe_values = "random builtin", .doc = "Where random numbers come from."},
    {"backend.type", "backend/@type", DW_FORM_ENUM, 0, CHARACTER_TYPES, .doc = "How the entropy daemon is reached, for backend.model egd."},
    ALIAS,
    PROTOCOL_ROWS("backend.", "backend/"),
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    CHARACTER_SOURCE_SECTIONS("backend.source.", "backend/source"),
    {"driver.", "driver", NULL, dw_virtio_rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_rng_group = {"rng", NULL, sections, SAFE_RANDOM, "backend/@model"};
/* clang-format on */
