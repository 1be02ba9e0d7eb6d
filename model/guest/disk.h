/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts about disks that rules and defaults share. */
#pragma once

#include "keys/lens.h"

/* The bus of a disk: as written, or as libvirt takes it from the target's name; NULL when neither
 * says, "" for one that is not known. Static. */
const char *disk_bus(const DwDocument *document, DwNode disk);
/* The number libvirt gives a disk of that name on its bus: "vda" 0, "sdaa" 26; -1 when the name is
 * not a prefix of libvirt's and lower-case letters. */
int disk_index(const char *name);
/* Is it raw, by its name or the one that Xen has for it? NULL: nothing is said. */
bool disk_format_is_raw(const char *format);
bool disk_is_readonly(const DwDocument *document, DwNode disk);
/* Can a disk on bus have an address of type? */
bool disk_address_fits(const char *bus, const char *type);
/* The drive address that a disk has or gets by its name, as text that is equal when the places are;
 * NULL for none. And the one a name would get. */
char *disk_place(const DwDocument *document, DwNode disk);
char *disk_place_of_name(const DwDocument *document, const char *bus, const char *name);
/* The index of the controller in that; 0 where there is none. */
uint64_t disk_controller_of_name(const DwDocument *document, const char *bus, const char *name);
/* The name that libvirt makes for a disk on bus that is called name, by the number in that, which
 * QEMU wants to be of one disk only: "virtio-disk0". NULL: by its place, or it is not known. */
char *disk_alias_of_name(const char *bus, const char *name);
/* That of a disk; NULL also where its owner gave it one. */
char *disk_alias(const DwDocument *document, DwNode disk);
/* All of those; the value is the first such disk. */
GHashTable *disk_aliases(const DwDocument *document);
/* All places that are taken; the value is the first such disk. */
GHashTable *disk_places(const DwDocument *document);
/* How names of disks on bus begin. Static. */
const char *disk_name_prefix(const char *bus);
/* The first such name that no other disk has, nor the place or the alias it would give; running
 * (or NULL): neither in this document of the same domain. */
char *disk_free_name(const DwDocument *document, const DwDocument *running, const char *bus);
