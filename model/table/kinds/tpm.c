/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of TPMs; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"model", "@model", DW_FORM_ENUM, SAFE_GUEST, "tpm-tis tpm-crb tpm-spapr@6.1.0 spapr-tpm-proxy@6.5.0", .doc = "TPM the guest sees."},
    {"backend.type", "backend/@type", DW_FORM_ENUM, 0, "passthrough emulator external@9.0.0", .doc = "Who provides it."},
    {"backend.version", "backend/@version", DW_FORM_ENUM, 0, "1.2 2.0", .doc = "Version of an emulated TPM."},
    {"backend.persistent_state", "backend/@persistent_state", DW_FORM_YESNO, 0, .since = "7.0.0", .usual = "no", .doc = "Whether an emulated TPM keeps its state when a transient domain ends."},
    {"backend.device.path", "backend/device/@path", DW_FORM_PATH, 0, .doc = "TPM of the host, for passthrough."},
    {"backend.active_pcr_banks.sha1", "backend/active_pcr_banks/sha1", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-1 registers of an emulated TPM."},
    {"backend.active_pcr_banks.sha256", "backend/active_pcr_banks/sha256", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-256 registers of an emulated TPM."},
    {"backend.active_pcr_banks.sha384", "backend/active_pcr_banks/sha384", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-384 registers of an emulated TPM."},
    {"backend.active_pcr_banks.sha512", "backend/active_pcr_banks/sha512", DW_FORM_PRESENCE, 0, .since = "7.10.0", .doc = "SHA-512 registers of an emulated TPM."},
    {"backend.source.type", "backend/source/@type", DW_FORM_ENUM, 0, "unix file@10.10.0 dir@10.10.0", .since = "9.0.0", .doc = "Kind of socket of an external TPM, or what the state of an emulated one is kept in."},
    {"backend.source.mode", "backend/source/@mode", DW_FORM_ENUM, 0, "connect", .since = "9.0.0", .doc = "Side of the socket that the domain is on."},
    {"backend.source.path", "backend/source/@path", DW_FORM_PATH, 0, .since = "9.0.0", .doc = "Socket of an external TPM."},
    {"backend.encryption.secret", "backend/encryption/@secret", DW_FORM_UUID, 0, .flags = DW_ROW_HOST, .doc = "libvirt secret with which an emulated TPM's state is encrypted."},
    ALIAS,
    {"backend.debug", "backend/@debug", DW_FORM_UINT, 0, .max = 255, .since = "10.6.0", .doc = "How much an emulated TPM writes to its log."},
    {"backend.profile.source", "backend/profile/@source", DW_FORM_STRING, 0, .since = "10.10.0", .doc = "Profile that a new emulated TPM is made by."},
    {"backend.profile.name", "backend/profile/@name", DW_FORM_STRING, 0, .since = "10.10.0", .doc = "Profile that the emulated TPM has; told by libvirt when source is given."},
    {"backend.profile.removeDisabled", "backend/profile/@removeDisabled", DW_FORM_ENUM, 0, "check fips-host", .since = "10.10.0", .doc = "Whether algorithms are left out of the profile that the host disables in FIPS mode."},
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_tpm_group = {"tpm", NULL, sections};
/* clang-format on */
