/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's QEMU driver inside this process, for the programs of this folder. One thread. */
#pragma once

#include <stdint.h>

#include <libvirt/libvirt.h>

/* A connection to qemu:///embed in the directory `root`, and libvirt's version; NULL: there is none
 * here, and standard error says why. */
virConnectPtr embed_open(const char *root, uint64_t *ret_version);

#define EMBED_SCHEMAS "/usr/share/libvirt/schemas"

/* Why a definition with VIR_DOMAIN_DEFINE_VALIDATE is refused, NULL: it is not, and nothing is left
 * of it. The validation is libvirt's, but the schema is read once and not for each domain, which is
 * three quarters of what a definition costs. Free with g_free(). */
char *embed_refusal(virConnectPtr connection, const char *xml);
