/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of sound cards; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "sb16 es1370 pcspk ac97 ich6 ich7@6.7.0 ich9 usb virtio@10.4.0", .doc = "Sound card the guest sees."},
    {"audio.id", "audio/@id", DW_FORM_UINT, 0, .min = 1, .max = 255, .since = "6.7.0", .doc = "Audio backend the card plays on."},
    ALIAS,
    {"multichannel", "@multichannel", DW_FORM_YESNO, SAFE_GUEST, .since = "9.4.0", .doc = "Whether a USB card has more than two channels."},
    {"streams", "@streams", DW_FORM_UINT, SAFE_GUEST, .since = "10.4.0", .doc = "Number of streams of a virtio card."},
    ACPI_ROWS,
    {NULL},
};

static const DwRow codec_rows[] = {
    {"type", "@type", DW_FORM_ENUM, SAFE_GUEST, "duplex micro output@4.4.0", .doc = "Whether this codec of a ich card plays, records or does both."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    {"codec.N.", "codec[N]", NULL, codec_rows},
    {"driver.", "driver", NULL, dw_virtio_rows, "10.4.0"},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_sound_group = {"sound", NULL, sections, "The emulated card plays to the domain's display or to nobody."};
/* clang-format on */
