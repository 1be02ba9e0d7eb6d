/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks a host for what libvirt has no events for: capabilities, versions, autostart flags. Owned by
 * its Host; main thread, asking on workers.
 */
#pragma once

#include "host/capabilities-cache.h"
#include "host/host-queue.h"
#include "inventory/inventory.h"

typedef struct Poll Poll;

/* done: an answer has come, or is not going to; changed: the hypervisor's version; late: libvirt
 * has not answered in time, and may still. */
Poll *poll_new(Inventory *inventory, HostQueue *queue, CapabilitiesCache *capabilities,
               void (*done)(bool changed, bool late, void *data), void *data);
void poll_free(Poll *poll);
/* After a connection was made: forgets the capabilities and asks for them. */
void poll_learn(Poll *poll);
/* Asks again, unless that is going on, and replaces what is not so any more. */
void poll_now(Poll *poll);
/* 0: not known. */
uint64_t poll_hypervisor_version(const Poll *poll);
