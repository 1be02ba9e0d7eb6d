/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The domains of one host, kept true by libvirt's events. Owned by its Host; main thread; never
 * calls libvirt. What an event does not carry makes a domain doubtful: it is queued here, and the
 * document reader takes it from the queue and hands in what it read.
 *
 * Our own edits and their events. An edit reads back what it defined, so its DEFINED event carries
 * nothing new; but the event may arrive before or after the edit's result does, and another program
 * may define at the same time. Counted are events_during_edit (since inventory_edit_begins, own
 * ones excluded) and own_events_pending (results taken whose event has not arrived). The same goes
 * for the METADATA event of each call that gives a running domain a title, description or metadata:
 *
 *   what arrives                          | then
 *   --------------------------------------+------------------------------------------------------
 *   result, no event during the edit      | pending + 1: the next DEFINED event is our own
 *   result, 1 event during the edit       | it was our own: the domain is not doubtful any more
 *   result, more events, or others        | one was another program's: stays doubtful, is read
 *   DEFINED, own events pending           | pending - 1, nothing to read. If it was another
 *                                         | program's, ours is still to come and is read instead
 *   DEFINED, none pending                 | doubtful, is read
 *   UNDEFINED, own events pending         | it is older than our definition, or another program's
 *                                         | after it: the domain stays and is read
 *   result, and this host has not sent    | 0 events are no promise of one: pending stays. The
 *   any DEFINED event yet                 | driver may not have them
 *
 * pending stops at 8, and is 0 again after a reconnection, which loses events.
 */
#pragma once

#include "inventory/document-cache.h"
#include "inventory/domain-snapshot.h"
#include "inventory/domain.h"
#include "inventory/value-cache.h"

struct Inventory {
    Host *host;              /* for the rooms above */
    const char *path;        /* of the host */
    const GArray *listeners; /* of InventoryListener */
    GHashTable *domains;     /* Uuid -> Domain */
    GHashTable *names;       /* name -> Domain */
    GPtrArray *by_name;      /* all of them in that order; NULL: to be sorted when asked for */
    GQueue doubtful;         /* of Domain: to be read again, in this order */
    GQueue live_doubtful;    /* the same for running documents */
    DocumentCache *documents, *live_documents;
    ValueCache *values;           /* of keys, as lists show them */
    bool resyncing_first;         /* nobody has seen anything of this host yet */
    bool has_events[EDIT_EVENTS]; /* not every driver sends them */
};

static inline bool any_changes(const DwChanges *changes)
{
    return changes->keys[0] || changes->devices->len > 0 || changes->other;
}

/* What an edit of ours made of a domain. */
typedef struct {
    const DomainSnapshot *stored;  /* its configuration, or NULL: that was not to change */
    const DwChanges *changes;      /* of that, or NULL: not known */
    unsigned metadata_calls;       /* made for the running domain */
    DomainSnapshot *running;       /* its text: what was read back of the running domain */
    const char *running_before;    /* its text before */
    const DwChanges *live_changes; /* since then, or NULL: not known */
} EditResult;

Inventory *inventory_new(Host *host, const char *path, const GArray *listeners);
void inventory_free(Inventory *inventory);

/* Not what is hidden. */
Domain *inventory_find(const Inventory *inventory, const Uuid *uuid);
/* By name, else by uuid. */
Domain *inventory_find_word(const Inventory *inventory, const char *word);
/* Also what is hidden. */
Domain *inventory_find_any(const Inventory *inventory, const Uuid *uuid);
/* All domains, also those hidden, sorted by name; good until one comes, goes or is renamed. */
const GPtrArray *inventory_sorted(Inventory *inventory);
/* The next visible domain, or NULL; iter as for a GHashTable. */
Domain *inventory_next(GHashTableIter *iter);

/* After a connection was made: domains, an array of VirtDomain, are all there are. first: listeners
 * are told nothing of it. */
void inventory_resync(Inventory *inventory, const GPtrArray *domains, bool first);
void inventory_event(Inventory *inventory, const VirtEvent *event);
/* Adds or updates the domain of the snapshot; changes: what is known to differ between the
 * documents, or NULL when that is not known. */
void inventory_update(Inventory *inventory, const DomainSnapshot *snapshot,
                      const DwChanges *changes);
/* A definition of ours made or replaced the domain of the snapshot. */
void inventory_defined(Inventory *inventory, const DomainSnapshot *snapshot);
/* An edit of ours begins; and it has ended with this result, whose running text is taken. */
void inventory_edit_begins(Domain *domain);
void inventory_edit_ends(Domain *domain, const EditResult *result);
void inventory_remove(Domain *domain);
void inventory_renamed(Domain *domain, const char *name);
/* asked_at: µs, monotonic; libvirt was asked then or later. What is older than what is known is not
 * taken: the result of a read may come after that of a change made meanwhile. */
void inventory_set_autostart(Domain *domain, bool autostart, int64_t asked_at);
/* It has been started as this id, and this is the running document; takes the text, or NULL. */
void inventory_started(Domain *domain, int32_t id, char *text);
/* What was found out about its run; started_at 0: not known. */
void inventory_set_run(Domain *domain, uint64_t started_at, bool pending);
/* A running document was read; takes it. changes NULL: not known. tell: something differs. */
void inventory_live_document(Domain *domain, DomainSnapshot *read, bool tell,
                             const DwChanges *changes);

/* The persistent document has to be read again. */
void inventory_mark_doubtful(Domain *domain);
/* The running document has to be; reported: an event says that it changed. Nothing for a domain
 * that does not run. */
void inventory_mark_live_doubtful(Domain *domain, bool reported);
/* The document has this revision now ("": not known): it is read again if that is news. */
void inventory_saw(Domain *domain, bool live, const char *revision);
/* All domains, either side: which of them a lost batch was about is lost with it. */
void inventory_mark_all(Inventory *inventory, bool live);
/* Takes the domain off the queue. */
void inventory_unmark(Domain *domain, bool live);
