/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Doing the steps that change a running domain, and taking them back. Used by edit-live.c;
 * workers. */
#pragma once

#include "host/removal-watch.h"
#include "operations/live/step.h"

typedef struct {
    Virt *virt;
    const char *uuid;
    RemovalWatch *removals;
    bool keep; /* on failure what was done stays */
} LiveActor;

/* Does the steps in their order; a guest is only asked to let devices go: removal_state() tells
 * what became of it, until removal_end(). On failure takes back what was done, or keeps it; adds
 * the names of what stays done to kept. */
bool live_act(const LiveActor *actor, const GPtrArray *steps, GPtrArray *kept, GError **error);
/* Takes back all steps but the final ones. */
void live_act_undo(const LiveActor *actor, const GPtrArray *steps, GPtrArray *kept);
