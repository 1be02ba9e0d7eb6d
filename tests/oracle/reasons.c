/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The disagreements that stay: what libvirt refuses for a reason that no document tells. Each is
 * known by words of libvirt's message.
 */
#include "reasons.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

static const char *const reasons[] = {
    "this program of QEMU has no such device or option",
    "the host has no firmware, TPM emulator, certificate, cgroup, file or KVM for it",
    "libvirt finds no address: only its own allocation tells",
    "libvirt cannot do it yet",
};

enum { PROGRAM, HOST, ADDRESS, NEVER };

static const struct {
    const char *words;
    int reason;
} known[] = {
    {"QEMU binary", PROGRAM},
    {"QEMU executable", PROGRAM},
    {"configuration does not support video", PROGRAM},
    {"this QEMU", PROGRAM},
    {"This QEMU", PROGRAM},
    {"crypto backend", PROGRAM},
    {"qemu namespace capability", PROGRAM},
    {"does not support ACPI", PROGRAM},
    {"check attribute specified for CPU with no model", PROGRAM}, /* which may have a default one */
    {"emulator", PROGRAM},
    {"TLS", HOST},
    {"TPM version", HOST},
    {"firmware", HOST},
    {"QEMU does not", PROGRAM},
    {"not supported by", PROGRAM},
    {"No more available PCI", ADDRESS},
    {"PCI slot is needed", ADDRESS},
    {"PCIe slot is needed", ADDRESS},
    {"but index must be larger than bus", ADDRESS},
    {"No more available", ADDRESS},
    {"Cannot automatically add a new PCI bus", ADDRESS},
    {"KVM", HOST},
    {"migrat", NEVER},
    {"Operation not supported", NEVER},
    {"cgroup", HOST},
    {"numad", HOST},
    {"not available", HOST},
    {"No such file", HOST},
    {"block size must be a power of two", HOST},
    {"cause is unknown", NEVER},
    {"greater than specified machine type limit", PROGRAM},
};

static unsigned counts[G_N_ELEMENTS(known)];

bool reasons_have(const char *message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strstr(message, known[i].words)) {
            counts[i]++;
            if (getenv("ORACLE_SHOW"))
                printf("left to libvirt: %s\n", message);
            return true;
        }
    return false;
}

void reasons_print(void)
{
    for (size_t reason = 0; reason < G_N_ELEMENTS(reasons); reason++) {
        unsigned sum = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
            if (known[i].reason == (int)reason)
                sum += counts[i];
        if (sum)
            printf("left to libvirt %u times: %s\n", sum, reasons[reason]);
    }
}
