/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of input devices; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"type", "@type", DW_FORM_ENUM, "The device is emulated; what moves it comes from the display.", "tablet mouse keyboard passthrough evdev@7.4.0", .safe_if = DW_SAFE_WHOLE, .safe_values = "tablet mouse keyboard", .doc = "Kind of input device; passthrough and evdev are the host's own."},
    {"bus", "@bus", DW_FORM_ENUM, SAFE_GUEST, "ps2 usb xen virtio", .doc = "Bus the device is on."},
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, VIRTIO_MODELS, .doc = "Variant of the virtio device."},
    {"source.evdev", "source/@evdev", DW_FORM_PATH, 0, .doc = "Device on the host, for type passthrough."},
    {"source.dev", "source/@dev", DW_FORM_PATH, 0, .since = "7.4.0", .doc = "Device on the host, for type evdev."},
    {"source.grab", "source/@grab", DW_FORM_ENUM, 0, "all", .since = "7.4.0", .doc = "Take all of the host's input devices, for type evdev."},
    {"source.grabToggle", "source/@grabToggle", DW_FORM_ENUM, 0, "ctrl-ctrl alt-alt shift-shift meta-meta scrolllock ctrl-scrolllock", .since = "7.6.0", .doc = "Keys that give the devices back to the host, for type evdev."},
    {"source.repeat", "source/@repeat", DW_FORM_ONOFF, 0, .since = "7.4.0", .doc = "Whether keys held down repeat, for type evdev."},
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

const DwGroup dw_input_group = {"input", NULL, sections, SAFE_GUEST, "@type"};
/* clang-format on */
