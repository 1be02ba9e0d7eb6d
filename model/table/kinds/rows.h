/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the table is put together from: rows and sections that several kinds share, and each kind's
 * group. */
#pragma once

#include "table/table.h"

/* shared.c */
extern const DwRow dw_address_rows[];  /* <address> */
extern const DwRow dw_virtio_rows[];   /* <driver> of virtio devices */
extern const DwRow dw_seclabel_rows[]; /* <seclabel> below a source */
extern const DwRow dw_ip_rows[]; /* <ip>: addresses a container, or a guest of type user, is told */
extern const DwRow dw_route_rows[];    /* <route> */
extern const DwRow dw_idmap_rows[];    /* <uid> and <gid> of an <idmap> */
extern const DwRow dw_iothread_rows[]; /* <iothread> in the <driver> of disks and controllers */
extern const DwRow dw_character_source_rows[]; /* <source> of character devices */
extern const DwRow dw_datagram_source_rows[];  /* the second <source> of those of type udp */

/* source.c: storage, in disks, at each level of their chains and for the firmware's variables. */
extern const DwRow dw_source_rows[];
extern const DwRow dw_source_host_rows[];
extern const DwRow dw_source_auth_rows[];
extern const DwRow dw_encryption_rows[];
extern const DwRow dw_encryption_secret_rows[];
extern const DwRow dw_cookie_rows[];
extern const DwRow dw_data_store_rows[];
extern const DwRow dw_iotune_rows[];

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
#define FORMATS "raw qcow2 qcow qed vmdk vdi vpc vhd bochs cloop dmg ploop fat luks cow dir iso"
#define STORAGE_TYPES                                                                              \
    "file block dir network volume nvme vhostuser@7.1.0 vhostvdpa@9.8.0 ctl@12.0.0"

/* clang-format off */
#define ALIAS \
    {"alias", "alias/@name", DW_FORM_STRING, SAFE_WORDS, .safe_if = DW_SAFE_ALIAS, .doc = "The user's own name for the device, beginning with \"ua-\"."}
#define ACPI_ROWS \
    {"acpi.index", "acpi/@index", DW_FORM_UINT, SAFE_GUEST, .min = 1, .since = "7.3.0", .doc = "Number by which the guest may name the device."}, \
    {"acpi.nodeset", "acpi/@nodeset", DW_FORM_STRING, 0, .since = "11.8.0", .doc = "NUMA nodes of the guest that the device serves, such as 0-1."}
#define BOOT_ORDER \
    {"boot.order", "boot/@order", DW_FORM_UINT, SAFE_BOOT, .min = 1, .doc = "Place in the boot order, from 1; excludes os.boot."}, \
    {"boot.loadparm", "boot/@loadparm", DW_FORM_STRING, SAFE_BOOT, .safe_if = DW_SAFE_NAME, .doc = "What the firmware of s390 is to load, at most 8 characters."}
#define ROM_ROWS \
    {"rom.enabled", "rom/@enabled", DW_FORM_YESNO, SAFE_GUEST, .usual = "yes", .doc = "Whether the device has a ROM at all."}, \
    {"rom.bar", "rom/@bar", DW_FORM_ONOFF, SAFE_GUEST, .usual = "on", .doc = "Whether the guest sees the device's ROM."}, \
    {"rom.file", "rom/@file", DW_FORM_PATH, 0, .doc = "File that takes the place of the device's ROM."}
#define PROTOCOL_ROWS(key, path) \
    {key "protocol.type", path "protocol/@type", DW_FORM_ENUM, 0, "raw telnet telnets tls", .usual = "raw", .doc = "Protocol of type tcp."}, \
    {key "log.file", path "log/@file", DW_FORM_PATH, 0, .doc = "File on the host that what the guest says is written to."}, \
    {key "log.append", path "log/@append", DW_FORM_ONOFF, 0, .usual = "off", .doc = "Whether that file is kept when the domain starts."}
#define CHARACTER_ROWS PROTOCOL_ROWS("", "")
#define TTY {"tty", "@tty", DW_FORM_PATH, 0, .flags = DW_ROW_OUTPUT, .doc = "Terminal on the host of a running domain."}

#define ADDRESS_SECTION {"address.", "address", NULL, dw_address_rows}
#define CHARACTER_SOURCE_SECTIONS(key, path) \
    {key, path, NULL, dw_character_source_rows}, \
    {key "N.", path "[N]", NULL, dw_datagram_source_rows, .first = 2}, \
    {key "seclabel.N.", path "/seclabel[N]", NULL, dw_seclabel_rows}
/* Of a character device whose host's end is the element itself. */
#define CHARACTER_SECTIONS(rows) \
    {{"", "", NULL, rows}, CHARACTER_SOURCE_SECTIONS("source.", "source"), ADDRESS_SECTION, {NULL}}

/* <source> of storage: what has places of its own below it. `old` is where authentication and
 * encryption stand in older documents, or NULL. */
#define SOURCE_PARTS(key, path, auth, encryption, secret, since) \
    {key "host.N.", path "/host[N]", NULL, dw_source_host_rows, since}, \
    {key "auth.", path "/auth", auth, dw_source_auth_rows, since}, \
    {key "encryption.", path "/encryption", encryption, dw_encryption_rows, since}, \
    {key "encryption.secret.N.", path "/encryption/secret[N]", secret, dw_encryption_secret_rows, since}, \
    {key "cookies.cookie.NAME.", path "/cookies/cookie[@name=NAME]", NULL, dw_cookie_rows, since}, \
    {key "seclabel.N.", path "/seclabel[N]", NULL, dw_seclabel_rows, since}
/* A source in which the data of an image is kept apart from what describes it. */
#define DATA_STORE_SECTIONS(key, path) \
    {key, path, NULL, dw_data_store_rows, "10.10.0"}, \
    {key "source.", path "/source", NULL, dw_source_rows, "10.10.0", true}, \
    SOURCE_PARTS(key "source.", path "/source", NULL, NULL, NULL, "10.10.0")
/* clang-format on */

extern const DwGroup dw_audio_group;
extern const DwGroup dw_channel_group;
extern const DwGroup dw_console_group;
extern const DwGroup dw_controller_group;
extern const DwGroup dw_crypto_group;
extern const DwGroup dw_disk_group;
extern const DwGroup dw_domain_group;
extern const DwGroup dw_filesystem_group;
extern const DwGroup dw_graphics_group;
extern const DwGroup dw_hostdev_group;
extern const DwGroup dw_hub_group;
extern const DwGroup dw_input_group;
extern const DwGroup dw_interface_group;
extern const DwGroup dw_iommu_group;
extern const DwGroup dw_lease_group;
extern const DwGroup dw_memballoon_group;
extern const DwGroup dw_memory_group;
extern const DwGroup dw_nvram_group;
extern const DwGroup dw_panic_group;
extern const DwGroup dw_parallel_group;
extern const DwGroup dw_pstore_group;
extern const DwGroup dw_redirdev_group;
extern const DwGroup dw_redirfilter_group;
extern const DwGroup dw_rng_group;
extern const DwGroup dw_serial_group;
extern const DwGroup dw_shmem_group;
extern const DwGroup dw_smartcard_group;
extern const DwGroup dw_sound_group;
extern const DwGroup dw_tpm_group;
extern const DwGroup dw_video_group;
extern const DwGroup dw_vsock_group;
extern const DwGroup dw_watchdog_group;
