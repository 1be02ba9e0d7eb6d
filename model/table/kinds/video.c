/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of graphics cards; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"driver.name", "driver/@name", DW_FORM_ENUM, "The emulator itself draws; no other program does.", "qemu vhostuser", .safe_if = DW_SAFE_WHOLE, .safe_values = "qemu", .doc = "Who draws."},
    {"driver.vgaconf", "driver/@vgaconf", DW_FORM_ENUM, SAFE_GUEST, "io on off", .doc = "VGA resources, bhyve only."},
    {"model.type", "model/@type", DW_FORM_ENUM, SAFE_GUEST, "vga cirrus vmvga xen vbox virtio gop qxl bochs ramfb none", .doc = "Graphics card the guest sees."},
    {"model.heads", "model/@heads", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .flags = DW_ROW_LAX, .doc = "Number of screens."},
    {"model.primary", "model/@primary", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether it is the first card."},
    {"model.ram", "model/@ram", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Size of the primary bar, qxl only."},
    {"model.vram", "model/@vram", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Memory of the card."},
    {"model.vram64", "model/@vram64", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Memory above 4 GiB, qxl only."},
    {"model.vgamem", "model/@vgamem", DW_FORM_UINT, SAFE_GUEST, .unit = "KiB", .doc = "Size of the framebuffer, qxl only."},
    {"model.blob", "model/@blob", DW_FORM_ONOFF, 0, .since = "9.2.0", .usual = "off", .doc = "Memory shared with the host for drawing, virtio only."},
    {"model.acceleration.accel2d", "model/acceleration/@accel2d", DW_FORM_YESNO, 0, .usual = "no", .doc = "Acceleration of two dimensions by the host."},
    {"model.acceleration.accel3d", "model/acceleration/@accel3d", DW_FORM_YESNO, 0, .usual = "no", .doc = "Acceleration of three dimensions by the host."},
    {"model.acceleration.rendernode", "model/acceleration/@rendernode", DW_FORM_PATH, 0, .doc = "Device on the host that accelerates, vhostuser only."},
    {"model.resolution.x", "model/resolution/@x", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Width of the screen at first."},
    {"model.resolution.y", "model/resolution/@y", DW_FORM_UINT, SAFE_GUEST, .min = 1, .max = UINT32_MAX, .doc = "Height of the screen at first."},
    ALIAS,
    {"model.edid", "model/@edid", DW_FORM_ONOFF, SAFE_GUEST, .since = "11.7.0", .doc = "Whether the screen tells the guest what it can show."},
    {"model.device", "model/@device", DW_FORM_ENUM, SAFE_GUEST, "virtio-vga virtio-gpu virtio-vga-gl virtio-gpu-gl vhost-user-vga vhost-user-gpu", .safe_values = "virtio-vga virtio-gpu", .since = "12.8.0", .doc = "Exact device of the emulator, virtio only."},
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"driver.", "driver", NULL, dw_virtio_rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_video_group = {"video", NULL, sections, SAFE_GUEST};
/* clang-format on */
