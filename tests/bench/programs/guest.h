/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The domains measurements work on: edited by domwright, and by libvirt used directly, as a program
 * does that has neither bus nor daemon. What fails ends the program.
 */
#pragma once

#include "plain.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <systemd/sd-bus.h>

/* Of a type ("test", "qemu"); freed with g_free(). */
char *guest_xml(const char *type, const char *name);

/* Defined by domwright's host `local`; its path, freed with g_free(). */
char *guest_define_ours(sd_bus *bus, const char *type, const char *name);
void guest_undefine_ours(sd_bus *bus, const char *path);
/* One call each; the answer is received and dropped. */
void guest_get_ours(sd_bus *bus, const char *path);
void guest_set_title_ours(sd_bus *bus, const char *path);
void guest_unset_title_ours(sd_bus *bus, const char *path);
void guest_add_disk_ours(sd_bus *bus, const char *path);
void guest_remove_disk_ours(sd_bus *bus, const char *path);

virConnectPtr guest_connect(const char *uri);
/* A domain of that name, defined anew. */
virDomainPtr guest_define(virConnectPtr connection, const char *type, const char *name);
void guest_redefine(virConnectPtr connection, const char *xml);
/* Its persistent definition; freed with free(). */
char *guest_get(virDomainPtr domain);
/* Get, parse, edit, serialise, define. */
void guest_edit(virConnectPtr connection, virDomainPtr domain, PlainEdit edit);
