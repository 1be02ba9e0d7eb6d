/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step that changes a running domain: a call of libvirt, and the call that takes it back. For the
 * files that plan steps and do them; workers. */
#pragma once

#include "libvirt/live-changes.h"

/* How a step is taken back; the order in which they are done. */
typedef enum {
    LIVE_EXACT, /* exactly */
    LIVE_PLUG,  /* a device is added: by asking the guest to let it go again */
    LIVE_GUEST, /* exactly, and the guest may refuse: media, processors taken away */
    LIVE_FINAL, /* not: the guest is asked to let a device go */
} LiveClass;

typedef struct {
    LiveClass class;
    char **names;    /* what it changes, as `waiting` names it */
    char *kind, *id; /* of LIVE_PLUG and LIVE_FINAL: the device */
    VirtLiveChange change, undo;
    bool sure;      /* libvirt's QEMU driver does all of it or fails: nothing is to be read back */
    char *emptied;  /* of a drive with a medium in a closed tray: its text without; or NULL */
    bool reinserts; /* the medium that is in the drive, whose tray is open: it is emptied before */
    char *anywhere; /* of LIVE_PLUG: the text without an address, where change has one; or NULL */
} LiveStep;

void live_step_free(void *step);
/* Adds one to steps; takes names. */
LiveStep *live_step_add(GPtrArray *steps, VirtLiveCall call, char **names);
/* The same that changes one thing. */
LiveStep *live_step_add_for(GPtrArray *steps, VirtLiveCall call, const char *kind, const char *id,
                            const char *key);

/* It changes that as well. */
void live_step_add_name(LiveStep *step, const char *name);

/* Into the order in which they are to be done. */
void live_steps_sort(GPtrArray *steps);
bool live_steps_are_sure(const GPtrArray *steps);

/* KEY, KIND/ID/key or KIND/ID, as `waiting` names it. */
char *live_name(const char *kind, const char *id, const char *key);
/* Adds what such a problem is about to names, as `waiting` names it. */
void live_add_name(GPtrArray *names, const DwProblem *problem);
/* Adds what these steps change. */
void live_add_step_names(GPtrArray *names, const GPtrArray *steps);
void live_add_text(GPtrArray *names, const char *name);
void live_add_names_of(GPtrArray *names, const LiveStep *step);
