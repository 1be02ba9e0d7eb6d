/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that come while a host is being connected for the first time, or is still being asked what
 * it can do: they wait instead of being answered with what is not known yet. Only calls about that
 * very host do; for how long is the host's to say. A step of the filter; main thread.
 */
#pragma once

#include "bus/requeue.h"
#include "inventory/listener.h"

typedef struct StartupHold StartupHold;

StartupHold *startup_hold_new(Requeue *requeue);
/* NULL-safe. */
void startup_hold_free(StartupHold *holds);
/* Calls are kept from when a host is added until it is ready. */
HostListener startup_hold_listener(StartupHold *holds);
/* FilterStepFunc. */
bool startup_hold_step(Request *request, void *holds);
/* Whether calls that need this host wait for it. */
bool startup_hold_awaits(const StartupHold *holds, const Host *host);
