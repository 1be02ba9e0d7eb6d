/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which devices QEMU can add to a running domain and remove from it, and whether there is room for
 * them. Used by steps.c while planning; workers.
 */
#pragma once

#include <domwright/model.h>

/* False, with a problem of rule live.not-possible: no device of its kind and properties can be
 * added or removed. adding: else removed. */
bool live_plug_check(const DwDevice *device, bool adding, uint64_t libvirt_version,
                     GPtrArray *impossible);
/* False, with a problem of rule live.not-possible: the controller of SCSI, which leaves, has
 * devices on it that do not. after: the running document as it is to be. */
bool live_plug_check_free(const DwDocument *after, const DwDevice *device, GPtrArray *impossible);
/* Those of added, of DwDevice, that the running document has no place for leave it, with a problem
 * each: of rule live.no-slot, or live.not-possible for a first nvdimm and for disks of a controller
 * that leaves. */
void live_plug_check_slots(const DwDocument *running, GPtrArray *added, GPtrArray *impossible);
