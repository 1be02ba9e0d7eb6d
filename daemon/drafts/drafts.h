/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store of drafts: owned by users, limited in number and size, kept across restarts in private
 * files. It is told by the inventory what becomes of the domains that drafts came from, and tells a
 * listener what becomes of drafts. Used by the handlers of api/; main thread.
 */
#pragma once

#include "config/configuration.h"
#include "drafts/draft.h"
#include "inventory/listener.h"

typedef struct Drafts Drafts;

/* Functions may be NULL; data is passed to each. */
typedef struct {
    void *data;
    /* Its document has changed. changes: what differs; revision: of the new document. */
    void (*edited)(const Draft *draft, const DwChanges *changes, const char *revision, void *data);
    /* Its stale has changed. */
    void (*stale)(const Draft *draft, void *data);
    /* Its base_revision and perhaps its stale have changed. */
    void (*rebased)(const Draft *draft, void *data);
} DraftListener;

#define DRAFT_LIFETIME (24 * 3600 * INT64_C(1000000))

/* Reads the drafts kept in runtime_directory (NULL: nothing is kept). limits stay the caller's, who
 * may change what they hold; the listener is copied. */
Drafts *drafts_new(const char *runtime_directory, const Limits *limits,
                   const DraftListener *listener);
/* NULL-safe. */
void drafts_free(Drafts *drafts);

/* Where a draft comes from; NULL: from nowhere. */
typedef struct {
    const char *host;                 /* name; "" for none */
    const char *base, *base_revision; /* the domain; the draft's text is also what it is */
    GPtrArray *clone_rows;            /* see Draft */
} DraftOrigin;

/* LIMIT_EXCEEDED. */
Draft *drafts_add(Drafts *drafts, uid_t owner, const char *text, const DraftOrigin *origin,
                  GError **error);
/* Whether a document of this length could be added, or take the place of a draft's. */
bool drafts_check_room(Drafts *drafts, uid_t owner, gsize length, const Draft *replaced,
                       GError **error);
/* An edit gives the draft a new document; on failure the draft is as it was. document: the same as
 * text with its original spelling, so that an edit can be taken back to the byte by its inverse;
 * taken in every case, not kept when it is large. changes and revision are for the listener. */
bool draft_edit(Draft *draft, const char *text, DwDocument *document, const DwChanges *changes,
                const char *revision, GError **error);
/* The same with a new base, which is now of base_revision; stale: that is not the last one. */
typedef struct {
    const char *text, *revision; /* of the base */
    bool stale;
} DraftBase;
bool draft_rebase(Draft *draft, const DraftBase *base, const char *text, DwDocument *document,
                  const DwChanges *changes, const char *revision, GError **error);
void drafts_remove(Drafts *drafts, Draft *draft);
Draft *drafts_find(Drafts *drafts, const char *id);
/* The draft at a path, if this user may see it. */
Draft *drafts_at(Drafts *drafts, const char *path, uid_t uid);
/* Paths of the user's own drafts, oldest first. */
char **drafts_list(Drafts *drafts, uid_t owner);
/* Makes drafts stale whose domain changes or goes. */
InventoryListener drafts_inventory_listener(Drafts *drafts);
/* Removes those not used for a day. */
void drafts_expire(Drafts *drafts);
