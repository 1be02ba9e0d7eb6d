/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machine a guest is. */
#pragma once

#include "document/document.h"

/* What libvirt has of PCI on the boards of other architectures, the guests' own machines apart. */
typedef enum {
    BOARD_UNKNOWN,
    BOARD_PCI,      /* a pci-root */
    BOARD_ROOTLESS, /* PCI, but no root that is not given */
    BOARD_BARE,     /* none */
} DwBoard;

/* Of a document that does not say, and a host that is unknown, only is_qemu is true. */
typedef struct {
    bool is_qemu;  /* not a hypervisor of which we know that it is none of QEMU's */
    bool is_test;  /* libvirt's test driver, which takes nearly anything */
    bool is_x86;   /* x86_64 or i686 */
    bool is_other; /* of an architecture that is not x86 */
    bool is_q35;
    bool is_pc;   /* i440fx */
    bool is_arm;  /* machine "virt" of ARM … */
    bool is_virt; /* … or of another architecture */
    bool is_bare; /* of x86, but without PCI */
    bool is_pseries;
    bool is_s390;
    DwBoard board;
} DwMachine;

/* host NULL: the architecture and the machine are only what the document says. */
void guest_machine_read(const DwDocument *document, const DwHost *host, DwMachine *ret_machine);
/* Is type one of which we know that QEMU runs it, or libvirt's test driver? For who has to be sure:
 * other hypervisors do other things of the host with the same words. */
bool guest_type_is_known(const char *type);
/* False: by its name, this program of QEMU's does not run guests of that architecture. */
bool guest_program_runs(const char *path, const char *arch);
/* No machine of that architecture has PCI that libvirt knows of. */
bool guest_has_no_pci(const char *arch);
/* What architectures have in common whose guests are made of the same devices: "x86", "arm", …; of
 * another one its name. */
const char *guest_family(const char *arch);
