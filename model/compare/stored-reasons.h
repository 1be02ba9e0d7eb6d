/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the changes that libvirt makes to documents by itself. */
#pragma once

#include <domwright/model.h>

/* Why libvirt does not keep what was asked for, and what to do, as a sentence; NULL: not known.
 * kind "": a setting of the domain, and device NULL; key "": the device as a whole, removed. asked:
 * NULL where something was unset; wanted: the change is about it, and it was not so before. domain
 * and device are as libvirt stored them. */
const char *stored_reason(const char *kind, const char *key, const DwValue *asked, bool wanted,
                          const DwSettings *domain, const DwSettings *device);
/* Does libvirt fill this into any new domain, or into any that it makes one itself? key "": a
 * device as a whole. */
bool stored_is_filled(const char *kind, const char *key);
/* Says the value what is so without it? libvirt leaves it out then. */
bool stored_says_nothing(const char *kind, const char *key, const DwValue *value);
/* Is the device there only to say that there is none? */
bool stored_is_none(const DwSettings *device);
