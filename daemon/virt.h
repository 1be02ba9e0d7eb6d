/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt, for the rest of the daemon: plain data in, plain data out. Only daemon/virt*.c include
 * libvirt's headers. Except for virt_start and virt_stop every function may block
 * and is called from workers only.
 *
 * Errors: HOST_UNAVAILABLE (connection gone), OUTCOME_UNKNOWN (gone while something was changed),
 * NOT_FOUND, ALREADY_EXISTS, UNSUPPORTED, or LIBVIRT with libvirt's code, domain and text.
 */
#pragma once

#include <domwright/model.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT 37 /* with its NUL */

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

/* What happened to a domain, or (CLOSED) to the connection. */
typedef enum {
    VIRT_EVENT_DEFINED, /* new, altered or renamed */
    VIRT_EVENT_UNDEFINED,
    VIRT_EVENT_STARTED,
    VIRT_EVENT_STOPPED,
    VIRT_EVENT_STATE,    /* other changes of state */
    VIRT_EVENT_METADATA, /* title, description or other metadata */
    VIRT_EVENT_LIVE,     /* the running configuration: devices, balloon, tray, … */
    VIRT_EVENT_CLOSED,
} VirtEventType;

typedef struct {
    VirtEventType type;
    char uuid[UUID_TEXT];
    char *name;
    int id; /* -1: not running */
    VirtState state;
} VirtEvent;

void virt_event_free(VirtEvent *event);

/* Called on libvirt's own thread, in order; takes the event. */
typedef void (*VirtEventFunc)(VirtEvent *event, void *userdata);

/* Starts and ends the thread that runs libvirt's event loop. */
bool virt_start(GError **error);
void virt_stop(void);

/* Waits until the events that have arrived by now have been passed on. */
void virt_catch_up(void);

/* func NULL: no events. userdata is freed once no event can come any more. */
Virt *virt_open(const char *uri, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata,
                GError **error);
void virt_close(Virt *virt);
bool virt_is_alive(Virt *virt);
/* As it was opened. */
const char *virt_uri(const Virt *virt);
/* A number for whoever keeps connections. */
unsigned virt_generation(const Virt *virt);
void virt_set_generation(Virt *virt, unsigned generation);

/* What the host calls itself, or "". */
char *virt_hostname(Virt *virt);
/* 9000000 is 9.0.0; 0: not known. Asking for the hypervisor's may make libvirt look at emulators,
 * which can take seconds. */
uint64_t virt_version(Virt *virt);
uint64_t virt_hypervisor_version(Virt *virt);
/* The version of the libvirt this program uses, and so of the schema installed beside it. */
uint64_t virt_library_version(void);

typedef struct {
    char uuid[UUID_TEXT];
    char *name;
    int id;
    VirtState state;
    bool persistent, autostart;
    bool knows_state, knows_persistent, knows_autostart; /* libvirt said so */
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

typedef enum {
    VIRT_START,
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

char *virt_capabilities(Virt *virt, GError **error);
/* NULL arguments: libvirt chooses. An emulator is executed by libvirt: never pass a caller's. */
char *virt_domain_capabilities(Virt *virt, const char *emulator, const char *arch,
                               const char *machine, const char *type, GError **error);

/* What the host has under a key that names networks, pools, volumes or devices: array of DwChoice,
 * by value. ret_choices is NULL, and the answer true, for any other key. INVALID_VALUE when volumes
 * are asked for and pool is NULL. */
bool virt_choices(Virt *virt, const char *kind, const char *key, const char *pool,
                  GPtrArray **ret_choices, GError **error);
