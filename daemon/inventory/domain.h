/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as the inventory keeps it, and its object path. Main thread. */
#pragma once

#include "base/object.h"
#include "base/uuid.h"
#include "inventory/listener.h"
#include "inventory/revision.h"
#include "libvirt/connection.h"

typedef struct Inventory Inventory;

struct Domain {
    Object object;
    uint8_t state; /* VirtState */
    bool persistent : 1;
    bool autostart : 1;
    bool revision_known : 1;
    bool live_revision_known : 1;
    bool live_change_reported : 1; /* by an event, and listeners have not been told yet */
    bool pending : 1;              /* something waits for the next start */
    bool hidden : 1;               /* libvirt named it, but it has not been read: it may be gone */
    uint8_t events_during_edit;    /* about the document, since our own edit began; inventory.h */
    uint8_t own_events_pending;    /* DEFINED events that edits of ours are still going to cause */
    int32_t id;                    /* -1: not running */
    uint32_t change_count;         /* counts what may have changed the document */
    uint64_t started_at;           /* µs since 1970; 0: not running, or not known */
    int64_t autostart_known_at;    /* µs, monotonic; what was asked before may be older */
    RevisionMark revision;         /* of the persistent document */
    RevisionMark live_revision;    /* of the running one, as it was read last */
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

char *domain_path(const Domain *domain);
