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
    {"this version of QEMU", PROGRAM},
    {"this version of qemu", PROGRAM},
    {"crypto backend", PROGRAM},
    {"qemu namespace capability", PROGRAM},
    {"does not support ACPI", PROGRAM},
    {"check attribute specified for CPU with no model", PROGRAM}, /* which may have a default one */
    {"suitable emulator", PROGRAM},
    {"No emulator found", PROGRAM},
    {"unable to find any emulator", PROGRAM},
    {"not supported by emulator", PROGRAM},
    {"not supported by hypervisor", PROGRAM},
    {"not supported by CPU driver", PROGRAM},
    {"QEMU does not provide CPU model", PROGRAM},
    {"QEMU does not support SEV", PROGRAM},
    {"greater than specified machine type limit", PROGRAM},
    {"TLS is disabled in qemu.conf", HOST},
    {"TLS connection is not available", HOST},
    {"TPM version '1.2' is not supported", HOST},
    {"TPM version '2.0' is not supported", HOST},
    {"Unable to find any firmware", HOST},
    {"firmware that is compatible", HOST},
    {"requires KVM, but", HOST},
    {"cgroup", HOST},
    {"numad", HOST},
    {"on this host", HOST},
    {"not supported by the host", HOST},
    {"not supported by this host", HOST},
    {"in session mode", HOST},
    {"Security driver model", HOST},
    {"No such file", HOST},
    {"PCI slot is needed", ADDRESS},
    {"PCIe slot is needed", ADDRESS},
    {"but index must be larger than bus", ADDRESS},
    {"No usable target index found", ADDRESS},
    {"No more available", ADDRESS},
    {"Cannot automatically add a new PCI bus", ADDRESS},
    {"supports PCI but no PCI controller added", NEVER}, /* 12.8 of m68k, whatever there is */
    {"cause is unknown", NEVER},
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
