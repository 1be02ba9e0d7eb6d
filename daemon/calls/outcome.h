/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a finished operation means for inventory, drafts and the record of changes, before the
 * caller hears of it. Used by call-life.c, which owns the life of a call; main thread.
 */
#pragma once

#include "bus/request.h"
#include "drafts/drafts.h"
#include "operations/operation.h"

typedef enum {
    DRAFT_NONE,
    DRAFT_WORKED_ON, /* the operation is on a draft */
    DRAFT_COMMITTED, /* the operation is on a host, and ends the draft when it succeeds */
    DRAFT_REBASED,   /* the operation reads the domain the draft came from */
    DRAFT_WANTED,    /* the operation's document becomes a new draft */
} DraftRole;

/* What a call is about. Domains and drafts are kept by what identifies them, as they may be gone
 * by the time an operation ends. */
typedef struct {
    Host *host;           /* NULL: none */
    char uuid[UUID_TEXT]; /* the domain's, or "" */
    uint32_t generation;  /* of the domain, when the call was made */
    char *name;           /* of the domain, when the call was made, or NULL */
    DraftRole role;
    char *draft;      /* id, of WORKED_ON, COMMITTED and REBASED */
    char *draft_base; /* of WANTED: path of the domain it is made from, or NULL */
    char *draft_host; /* of WANTED: name of its host, or "" */
} Subject;

void subject_clear(Subject *subject);
/* NULL: none, or gone. */
Domain *subject_domain(const Subject *subject);
Draft *subject_draft(const Subject *subject, Drafts *drafts);

/* What is answered. */
typedef struct {
    const Operation *operation;
    char *path;          /* of the domain, or of the new draft; NULL: none */
    bool restart_needed; /* the change takes effect when the domain is started next */
} Outcome;

void outcome_clear(Outcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

/* The operation has succeeded: tells inventory and drafts. On failure nothing is to be answered. */
bool outcome_settle(const Subject *subject, Drafts *drafts, Operation *operation,
                    Outcome *ret_outcome, GError **error);
/* The call has failed: what the operation changes may have been changed all the same. */
void outcome_failed(const Subject *subject, const Operation *operation);
/* Whatever held the draft is over; with a success that commits it the draft goes. */
void outcome_release_draft(const Subject *subject, Drafts *drafts, bool committed);
/* Records a change that was made, refused or failed. operation: NULL when it was lost; effects:
 * ACTION_BITs of what the call was to change, 0: there is nothing to record. */
void outcome_record(const Subject *subject, const Request *request, const Operation *operation,
                    unsigned effects, const GError *error);
