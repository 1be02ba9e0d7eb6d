/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drafts: documents on their way, owned by users, limited, kept across restarts in private files.
 * Main thread.
 */
#pragma once

#include <domwright/model.h>

#include "objects.h"
#include "revision.h"
#include "server.h"

typedef struct Draft {
    Object object;
    Server *server;
    char *id, *path;
    uid_t owner;
    char *text;
    gsize length;
    DwDocument *document; /* the same, with its memory of how things were spelt; NULL: text alone */
    char *base;           /* path of the domain it came from, or "/" */
    char *base_revision;  /* "" without base */
    char *host;           /* name, or "" */
    uint64_t created, modified;
    int64_t used; /* µs since boot, for expiry */
    bool stale;
    bool committing; /* a commit is under way: hands off */
} Draft;

#define DRAFT_LIFETIME (24 * 3600 * INT64_C(1000000))

/* Reads drafts kept in server->configuration->state_directory. */
Drafts *drafts_new(Server *server);
void drafts_free(Drafts *drafts);

/* LIMIT_EXCEEDED. base and base_revision NULL: none. */
Draft *drafts_add(Drafts *drafts, uid_t owner, const char *text, const char *host, const char *base,
                  const char *base_revision, GError **error);
bool drafts_check_room(Drafts *drafts, uid_t owner, gsize length, const Draft *replaced,
                       GError **error);
/* On failure the draft is as it was. */
bool draft_set_text(Draft *draft, const char *text, GError **error);
/* Takes the document whose text was set, so that an edit can still be taken back to the byte by its
 * inverse; large ones are not kept. */
void draft_keep_document(Draft *draft, DwDocument *document);
void drafts_remove(Drafts *drafts, Draft *draft);
Draft *drafts_find(Drafts *drafts, const char *id);
/* The draft at a path, if this user may see it. */
Draft *drafts_at(Drafts *drafts, const char *path, uid_t uid);
/* Paths of the user's own drafts, oldest first. */
char **drafts_list(Drafts *drafts, uid_t owner);
/* A domain's persistent document is now of this revision; NULL: it is gone. */
void drafts_base_changed(Drafts *drafts, const char *base, const char *revision);
void draft_touch(Draft *draft);
/* Removes those not used for a day. */
void drafts_expire(Drafts *drafts);
