/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One address for a device in the configuration and in the running domain, so that the guest finds
 * it in the same place after a restart. Used by edit-live.c and plug.c; workers. */
#pragma once

#include "operations/live/step.h"

/* Whether any of the steps attaches a device, which has an address on both sides. */
bool live_address_matters(const GPtrArray *steps);
/* Devices that are to be added get the address that libvirt gave them in the configuration, where
 * that is free in the running domain; they come before those that get another. after: the running
 * document with those devices. */
void live_address_take(GPtrArray *steps, const DwDocument *config, const DwDocument *running,
                       const DwDocument *after);
/* Warnings address-differs for those that have another one nevertheless. */
void live_address_compare(const GPtrArray *steps, const DwDocument *config,
                          const DwDocument *running, GPtrArray *problems);
/* False, with a problem of rule live.no-slot: nothing can be plugged where the device, which has an
 * address, is to be. running: all devices there are; added: those that come along. */
bool live_address_check(const GPtrArray *running, const GPtrArray *added, const DwDevice *device,
                        GPtrArray *impossible);
