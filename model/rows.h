/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the table is put together from: rows several kinds share, and each kind's sections. */
#pragma once

#include "table.h"

/* rows-shared.c */
extern const DwRow dw_address_rows[]; /* <address> */
extern const DwRow dw_virtio_rows[];  /* <driver> of virtio devices */
/* <source> of character devices; rows-character.c */
extern const DwRow dw_character_source_rows[];

/* clang-format off */
/* Reasons that several rows have in common. */
#define SAFE_GUEST "It is what the guest sees of the emulated machine; nothing of the host is behind it."
#define SAFE_WORDS "It is a name or text for people and programs; nothing is found or opened by it."
#define SAFE_SHARE "It is how much of the host's time, memory or bandwidth the guest gets, not what it gets at."
#define SAFE_SPEED "It is how fast and how carefully the guest is served with what it has already."
#define SAFE_BOOT "It chooses among the devices that the domain has already."
#define SAFE_RUN "It decides when the domain runs, not with what."
#define SAFE_HOST "It is among what this host's own capabilities offer to every domain."
#define SAFE_IMAGE "The disk is empty, or a file of a known format in a directory meant for such images."
#define SAFE_RANDOM "Random numbers that every program may have, and that do not run out."
#define SAFE_CHANNEL "libvirt makes the host's end by itself, in a directory of the domain's own."
#define SAFE_TERMINAL "The host's end is a new terminal or nothing, no file, no network."
#define SAFE_DISPLAY "The display listens on this machine only, where libvirt chooses."
#define SAFE_LOOK "It is how the display is shown to who may look at it anyway."
/* clang-format on */

#define VIRTIO_MODELS "virtio virtio-transitional virtio-non-transitional"
#define CHARACTER_TYPES                                                                            \
    "unix pty spicevmc spiceport tcp udp file dev pipe null stdio vc nmdm dbus@8.4.0 "             \
    "qemu-vdagent@8.4.0"

/* clang-format off */
#define ALIAS \
    {"alias", "alias/@name", DW_FORM_STRING, SAFE_WORDS, .safe_if = DW_SAFE_ALIAS, .doc = "The user's own name for the device, beginning with \"ua-\"."}
#define ACPI_INDEX \
    {"acpi.index", "acpi/@index", DW_FORM_UINT, SAFE_GUEST, .since = "7.3.0", .doc = "Number by which the guest may name the device."}
#define BOOT_ORDER \
    {"boot.order", "boot/@order", DW_FORM_UINT, SAFE_BOOT, .min = 1, .doc = "Place in the boot order, from 1; excludes os.boot."}, \
    {"boot.loadparm", "boot/@loadparm", DW_FORM_STRING, SAFE_BOOT, .safe_if = DW_SAFE_NAME, .doc = "What the firmware of s390 is to load, at most 8 characters."}
#define ROM_ROWS \
    {"rom.enabled", "rom/@enabled", DW_FORM_YESNO, SAFE_GUEST, .doc = "Whether the device has a ROM at all."}, \
    {"rom.bar", "rom/@bar", DW_FORM_ONOFF, SAFE_GUEST, .doc = "Whether the guest sees the device's ROM."}, \
    {"rom.file", "rom/@file", DW_FORM_PATH, 0, .doc = "File that takes the place of the device's ROM."}
/* clang-format on */

extern const DwSection dw_domain_sections[]; /* rows-domain.c */
extern const DwSection dw_disk_sections[];   /* rows-disk.c */

/* rows-character.c */
extern const DwSection dw_channel_sections[];
extern const DwSection dw_serial_sections[];
extern const DwSection dw_console_sections[];
extern const DwSection dw_redirdev_sections[];

extern const DwSection dw_interface_sections[]; /* rows-interface.c */

/* rows-display.c */
extern const DwSection dw_graphics_sections[];
extern const DwSection dw_video_sections[];
extern const DwSection dw_sound_sections[];
extern const DwSection dw_input_sections[];

/* rows-devices.c */
extern const DwSection dw_controller_sections[];
extern const DwSection dw_tpm_sections[];
extern const DwSection dw_rng_sections[];
extern const DwSection dw_memballoon_sections[];
extern const DwSection dw_watchdog_sections[];
extern const DwSection dw_panic_sections[];
extern const DwSection dw_vsock_sections[];
extern const DwSection dw_filesystem_sections[];
extern const DwSection dw_hostdev_sections[];
extern const DwSection dw_iommu_sections[];
