/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes of a running domain: one call of libvirt each, for the running side alone, so that
 * nothing of it leaks into the persistent configuration. Which call a setting needs is decided by
 * operations/live/steps.c. Used by workers; may block; errors as in connection.h.
 */
#pragma once

#include <domwright/model.h>

typedef struct Virt Virt;

/* What of a VirtLiveChange each call uses. */
typedef enum {
    VIRT_LIVE_TITLE,        /* text, NULL removes it */
    VIRT_LIVE_DESCRIPTION,  /* text, NULL removes it */
    VIRT_LIVE_METADATA,     /* name: the namespace; text, NULL removes it */
    VIRT_LIVE_MEMORY,       /* number: bytes the guest is to have */
    VIRT_LIVE_STATS_PERIOD, /* number: seconds */
    VIRT_LIVE_LIFECYCLE,    /* name: "on_reboot"; text: "restart" */
    VIRT_LIVE_BLOCK_IO,     /* name: the target; parameters by libvirt's names */
    VIRT_LIVE_SCHEDULER,    /* parameters, likewise */
    VIRT_LIVE_MEMORY_LIMITS,
    VIRT_LIVE_BLOCK_WEIGHTS,
    VIRT_LIVE_NUMA,
    VIRT_LIVE_VCPUS,        /* number: of those in use */
    VIRT_LIVE_PIN_VCPU,     /* number; text: processors of the host, "0-3,^2" */
    VIRT_LIVE_PIN_EMULATOR, /* text */
    VIRT_LIVE_PIN_IOTHREAD, /* number; text */
    VIRT_LIVE_ADD_IOTHREAD, /* number */
    VIRT_LIVE_DELETE_IOTHREAD,
    VIRT_LIVE_IOTHREAD, /* number; parameters */
    VIRT_LIVE_UPDATE,   /* text: the device; force: also against the guest's will */
    VIRT_LIVE_ATTACH,   /* text: the device */
    VIRT_LIVE_DETACH,   /* name: the alias; the guest is asked, and an event tells */
    VIRT_LIVE_REMOVE,   /* text: a device that the guest knows nothing of */
} VirtLiveCall;

typedef struct {
    VirtLiveCall call;
    char *name, *text;
    uint64_t number;
    DwSettings *parameters;
    bool force;
} VirtLiveChange;

void virt_live_change_clear(VirtLiveChange *change);
/* The call gives the domain one value, whatever else it has, and libvirt keeps that as it is. */
bool virt_live_is_plain(VirtLiveCall call);
/* UNSUPPORTED or LIBVIRT, with libvirt's reason, when this host cannot tune its domains so; for
 * SCHEDULER to NUMA. */
bool virt_check_tuning(Virt *virt, const char *uuid, VirtLiveCall call, GError **error);
/* For the pins: the host has the processors that it names, or, in a session, one of them; true as
 * well where it does not say what it has. */
bool virt_has_processors(Virt *virt, const VirtLiveChange *change);
/* A copy or a commit, or the like, runs on the disk with this target. */
bool virt_has_block_job(Virt *virt, const char *uuid, const char *target);
/* BUSY: the guest was asked, and may still do it. */
bool virt_change_live(Virt *virt, const char *uuid, const VirtLiveChange *change, GError **error);
