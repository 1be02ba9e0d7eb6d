/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as the inventory keeps it, and its object path. Main thread. */
#pragma once

#include "base/object.h"
#include "base/uuid.h"
#include "inventory/listener.h"
#include "inventory/revision.h"
#include "libvirt/connection.h"

typedef struct Inventory Inventory;

/* Events that edits of ours cause, and others as well; see inventory.h. */
typedef enum {
    EDIT_EVENT_NONE,     /* others */
    EDIT_EVENT_DEFINED,  /* about the persistent document */
    EDIT_EVENT_METADATA, /* about either */
    EDIT_EVENT_LIVE,     /* about the running one */
    EDIT_EVENTS,
} EditEvent;

struct Domain {
    Object object;
    uint8_t state; /* VirtState */
    bool persistent : 1;
    bool autostart : 1;
    bool revision_known : 1;
    bool live_revision_known : 1;
    bool live_parses : 1;          /* what is kept of the running document */
    bool live_change_reported : 1; /* by an event, and listeners have not been told yet */
    bool live_being_read : 1;      /* the running document, and what is kept may be an older one */
    bool pending : 1;              /* something waits for the next start */
    bool hidden : 1;               /* libvirt named it, but it has not been read: it may be gone */
    bool doubtful_before_edit : 1; /* when our own edit began */
    uint8_t events_during_edit[EDIT_EVENTS]; /* since then, but for what follows */
    uint8_t own_events_pending[EDIT_EVENTS]; /* that edits of ours are still going to cause */
    int32_t id;                              /* -1: not running */
    int32_t next_id;                         /* above all that it has had */
    uint32_t change_count;                   /* counts what may have changed the document */
    uint64_t started_at;                     /* µs since 1970; 0: not running, or not known */
    int64_t autostart_known_at; /* µs, monotonic; what was asked before may be older */
    RevisionMark revision;      /* of the persistent document */
    RevisionMark live_revision; /* of the running one, as it was read last */
    Uuid uuid;
    char uuid_text[UUID_TEXT]; /* a long list prints it twice a row */
    Inventory *inventory;
    GList *doubtful;      /* its link among those to be read again, or NULL */
    GList *live_doubtful; /* the same for the running document */
    char *name;
    char *title; /* NULL: none */
};

static inline bool domain_active(const Domain *domain)
{
    return domain->id >= 0;
}
