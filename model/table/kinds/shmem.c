/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of memory shared with other guests or programs; data only. What the fields mean is in table.h. */
#include "table/kinds/rows.h"

/* clang-format off */
static const DwRow rows[] = {
    {"name", "@name", DW_FORM_STRING, 0, .flags = DW_ROW_HOST, .doc = "Name of the memory, by which others find it."},
    {"role", "@role", DW_FORM_ENUM, 0, "master peer", .since = "6.6.0", .doc = "Whether the memory moves with the domain when it migrates."},
    {"model.type", "model/@type", DW_FORM_ENUM, 0, "ivshmem ivshmem-plain ivshmem-doorbell", .usual = "ivshmem", .doc = "Device the guest sees."},
    {"size", "size", DW_FORM_SIZE, 0, .unit = "bytes", .bare_unit = "bytes", .doc = "Size of the memory, a power of two from 1 MiB."},
    {"server", "server", DW_FORM_PRESENCE, 0, .doc = "A server hands out the memory; libvirt chooses its socket where no path is given."},
    {"server.path", "server/@path", DW_FORM_PATH, 0, .doc = "Socket on the host of the server that hands out the memory."},
    {"msi", "msi", DW_FORM_PRESENCE, 0, .doc = "The guest gets interrupts, with a server."},
    {"msi.vectors", "msi/@vectors", DW_FORM_UINT, 0, .doc = "Interrupt vectors, with a server."},
    {"msi.ioeventfd", "msi/@ioeventfd", DW_FORM_ONOFF, 0, .doc = "I/O in a thread of its own, with a server."},
    ALIAS,
    ACPI_ROWS,
    {NULL},
};

static const DwSection sections[] = {
    {"", "", NULL, rows},
    ADDRESS_SECTION,
    {NULL},
};

const DwGroup dw_shmem_group = {"shmem", "@name", sections};
/* clang-format on */
