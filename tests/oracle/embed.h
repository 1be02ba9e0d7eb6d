/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's QEMU driver inside this process, for the programs of this folder. One thread. */
#pragma once

#include <stdint.h>

#include <libvirt/libvirt.h>

/* A connection to qemu:///embed in the directory `root`, and libvirt's version; NULL: there is none
 * here, and standard error says why. */
virConnectPtr embed_open(const char *root, uint64_t *ret_version);
