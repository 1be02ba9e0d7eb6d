/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One draft: a document that a user is working on, and where it came from. Owned by drafts.h, shown
 * on the bus by api/draft.c. Main thread. */
#pragma once

#include <domwright/model.h>
#include <sys/types.h>

#include "base/object.h"
#include "operations/operation.h"

typedef struct Draft {
    Object object;
    struct Drafts *drafts; /* its store */
    char *id, *path;
    uid_t owner;
    char *text; /* may hold secrets */
    gsize length;
    DwDocument *document;  /* the same, with its original spelling; NULL: text alone */
    char *base;            /* path of the domain it came from, or "/" */
    char *base_revision;   /* "" without base */
    char *base_text;       /* what that was, with placeholders for secrets; "" without base */
    char *host;            /* name, or "" */
    GPtrArray *clone_rows; /* of DwProblem, not changed any more: what is to be known of a clone as
                              long as it holds (dw_clone_hold()); NULL: it is none */
    uint64_t created, modified;
    int64_t used; /* µs since boot, for expiry */
    bool stale;   /* its base has another revision, or is gone */
    bool held;    /* being committed or rebased; must not be modified */
} Draft;

/* With id, path, and for the rest nothing yet. */
Draft *draft_new(const char *id);
/* NULL-safe. Wipes the text. */
void draft_free(void *draft);
/* Where an operation on the draft starts from. */
void draft_fill_source(const Draft *draft, DocumentSource *source);
void draft_touch(Draft *draft);
/* µs since boot, as in used: not the wall clock, which jumps when it is set. */
int64_t draft_clock(void);
/* BUSY while it is being committed or rebased: then it must be neither edited nor discarded. */
bool draft_check_available(const Draft *draft, GError **error);
/* For whoever comes back to a draft that has been removed. */
GError *draft_gone_error(void);
