/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains through libvirt: listing, reading, defining, starting and the like. Used by workers of
 * host/ and operations/; every function but virt_state_name and virt_domain_free may block. Errors
 * as in connection.h.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/uuid.h"

typedef struct Virt Virt;

typedef enum {
    VIRT_NOSTATE,
    VIRT_RUNNING,
    VIRT_BLOCKED,
    VIRT_PAUSED,
    VIRT_SHUTDOWN,
    VIRT_SHUTOFF,
    VIRT_CRASHED,
    VIRT_PMSUSPENDED,
} VirtState;

const char *virt_state_name(VirtState state);

typedef struct {
    char uuid[UUID_TEXT];
    char *name;
    int id;
    VirtState state;
    bool persistent, autostart;
    bool restored; /* its memory was that of an earlier run, or it came from another host */
    bool knows_state, knows_persistent, knows_autostart; /* libvirt said so */
    int64_t asked_at; /* µs, monotonic; all of it was asked at that time or later */
} VirtDomain;

void virt_domain_free(VirtDomain *domain);

/* All domains of the host: array of VirtDomain. */
GPtrArray *virt_list(Virt *virt, GError **error);
/* The uuids of those that are started with the host, which libvirt has no event for: array of text.
 */
GPtrArray *virt_autostarts(Virt *virt, GError **error);
VirtDomain *virt_domain_get(Virt *virt, const char *uuid, GError **error);
/* The uuid of the domain of that name, or NULL without error when there is none. */
char *virt_find_name(Virt *virt, const char *name, GError **error);
/* False without error when there is none. */
bool virt_has_uuid(Virt *virt, const char *uuid, GError **error);

/* With all secrets. live: what runs instead of what would start. */
char *virt_domain_xml(Virt *virt, const char *uuid, bool live, GError **error);
/* The uuid defined. validate: INVALID when libvirt's own schema does not take it; libvirt loads it
 * anew each time, which takes ten times as long as defining. */
char *virt_define(Virt *virt, const char *xml, bool validate, GError **error);

/* Starts a domain that is not running from a document of its name and uuid; what is defined stays.
 * validate: as of virt_define. */
bool virt_start_xml(Virt *virt, const char *xml, bool paused, bool validate, GError **error);

bool virt_rename(Virt *virt, const char *uuid, const char *name, GError **error);
/* False also where the driver cannot tell. */
bool virt_has_managed_save(Virt *virt, const char *uuid);

typedef enum {
    VIRT_START,
    VIRT_START_PAUSED,
    VIRT_SHUT_DOWN,
    VIRT_DESTROY,
    VIRT_REBOOT,
    VIRT_RESET,
    VIRT_SUSPEND,
    VIRT_RESUME,
    VIRT_AUTOSTART_ON,
    VIRT_AUTOSTART_OFF,
    VIRT_UNDEFINE,
} VirtAction;

typedef enum {
    VIRT_UNDEFINE_NVRAM = 1 << 0,
    VIRT_UNDEFINE_KEEP_NVRAM = 1 << 1,
    VIRT_UNDEFINE_MANAGED_SAVE = 1 << 2,
    VIRT_UNDEFINE_SNAPSHOTS = 1 << 3,
} VirtUndefineFlags;

bool virt_domain_act(Virt *virt, const char *uuid, VirtAction action, VirtUndefineFlags flags,
                     GError **error);
