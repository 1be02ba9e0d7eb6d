/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's events as plain data. Made on libvirt's thread, used by the connector. */
#pragma once

#include "libvirt/domain.h"

/* What happened to a domain, or (CLOSED) to the connection. */
typedef enum {
    VIRT_EVENT_DEFINED, /* new, altered or renamed */
    VIRT_EVENT_UNDEFINED,
    VIRT_EVENT_STARTED,
    VIRT_EVENT_STOPPED,
    VIRT_EVENT_STATE,           /* other changes of state */
    VIRT_EVENT_METADATA,        /* title, description or other metadata */
    VIRT_EVENT_LIVE,            /* the running configuration: devices, balloon, tray, … */
    VIRT_EVENT_DEVICE_REMOVED,  /* from the running domain; alias */
    VIRT_EVENT_REMOVAL_REFUSED, /* by the guest; alias */
    VIRT_EVENT_CLOSED,
} VirtEventType;

typedef struct {
    VirtEventType type;
    char uuid[UUID_TEXT];
    char *name;
    int id; /* -1: not running */
    VirtState state;
    char *alias; /* of a device, or NULL */
} VirtEvent;

void virt_event_free(VirtEvent *event);

/* Called on libvirt's own thread, in order; takes the event. */
typedef void (*VirtEventFunc)(VirtEvent *event, void *userdata);

/* For connection.c: events of a connection that has just been opened; userdata is freed once no
 * event can come any more. */
void virt_subscribe(Virt *virt, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata);
void virt_unsubscribe(Virt *virt);
