/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An edit as data, for edit.c and edit-live.c, which do it. */
#pragma once

#include "host/removal-watch.h"
#include "operations/plan.h"
#include "state/baseline.h"

/* What is told of the running document begins so, where it could be either. */
#define IN_RUNNING "In the running domain: "

/* How the new document is made from the old one. */
typedef enum {
    EDIT_APPLY,        /* edits */
    EDIT_SET_METADATA, /* uri, xml */
    EDIT_REPLACE,      /* xml takes its place */
    EDIT_IMPORT,       /* the same in a draft, whatever is wrong with it */
    EDIT_RENAME,       /* name; of domains only */
    EDIT_RESTORE,      /* the definition that had this revision takes its place */
} EditWay;

typedef struct {
    ChangeOperation change;
    EditWay way;
    DocumentSource source;
    History *history;       /* of the domain's host, or NULL */
    HistoryAhead *ahead;    /* what is written to it while the document is read once more */
    HistoryOrigin origin;   /* what its history says of the change */
    DefinitionWatch *watch; /* of the domain's host */
    RemovalWatch *removals; /* the same */
    char *known;            /* the domain's document as the inventory has it, or NULL */
    RevisionMark known_mark;
    int32_t run_id; /* of the domain that runs and is not to change with it; -1: there is none */
    Baselines *baselines; /* how its run began; of its host, or NULL */
    char *known_running;  /* the running one, likewise, where what it has else does not matter */
    bool known_parses;    /* the running one */
    /* arguments */
    GPtrArray *edits; /* of DwEdit */
    char *uri, *xml;
    bool of_draft; /* xml is a draft's, which can be brought onto what the domain is now */
    char *name;
    char *restored; /* a revision of its history */
    bool answers;   /* the guest was asked, and has answered or is not waited for any longer */
    /* results */
    bool asked;    /* the guest was asked to let devices go */
    char *ours;    /* then: the configuration that was defined, or NULL */
    bool compared; /* differences is valid */
    DwChanges differences;
    DomainSnapshot running; /* its text: what was read back of the running domain */
} EditOperation;

/* Changes document->after, which is a copy of document->before. */
typedef bool EditMake(EditOperation *edit, DocumentChange *document, const DwHost *host,
                      GError **error);
