/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work on documents: plain data in, plain data out, done on a worker (or, for small drafts, on the
 * main thread). It knows libvirt through virt.h and nothing of the bus.
 */
#pragma once

#include <domwright/model.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "facts.h"
#include "inventory.h"
#include "jobs.h"
#include "options.h"
#include "virt.h"
#include "witness.h"

typedef enum {
    WORK_DESCRIBE, /* settings, devices, revision */
    WORK_SETTINGS, /* keys -> settings */
    WORK_DEVICES,  /* kind -> devices */
    WORK_XML,
    WORK_VALIDATE,
    WORK_METADATA, /* uri -> xml */
    WORK_REVISION,
    WORK_COPY,         /* the persistent document with its secrets, for a draft */
    WORK_EDIT,         /* edits */
    WORK_BOOT_ORDER,   /* pairs */
    WORK_SET_METADATA, /* uri, xml */
    WORK_REPLACE,      /* xml, over the domain it came from */
    WORK_DIFF,         /* from the document, or from nothing, to xml -> diff */
    WORK_BUILD,        /* settings, devices -> xml */
    WORK_IMPORT,       /* text -> xml, if it is a document at all */
    WORK_PARSE,        /* text -> settings, devices */
    WORK_DEFINE,       /* settings, devices; or xml when settings is NULL */
    WORK_ACT,          /* action, undefine */
    WORK_CAPABILITIES_XML,
    WORK_DOMAIN_CAPABILITIES, /* -> settings */
    WORK_DOMAIN_CAPABILITIES_XML,
    WORK_CHOICES, /* kind, keys[0] -> choices */
} WorkVerb;

/* What would be done to a host, complete; made before it is authorised, and not changed after. */
typedef struct {
    DwDocument *before; /* NULL: a new domain */
    DwDocument *after;
    char *name, *uuid;
    char revision[REVISION_TEXT]; /* of before, or "" */
    char digest[REVISION_TEXT];   /* of after */
    bool checked;                 /* by a schema that speaks for the host's libvirt */
} WorkPlan;

/* A change may be made in one go, or in two with an authorisation between. */
typedef enum { STEP_WHOLE, STEP_PLAN, STEP_ACT } WorkStep;

typedef struct Work {
    unsigned references; /* main thread */
    atomic_bool unwanted;
    WorkVerb verb;
    WorkStep step;
    uid_t uid;                    /* the caller */
    bool guarded;                 /* who may not see all there is */
    GPtrArray *image_directories; /* PLAN: of DwImageDirectory */
    Options options;
    char uuid[UUID_TEXT]; /* the domain's; "" for a draft or none */
    char *known;          /* the domain's document when it was last read, or NULL */
    RevisionMark known_mark;
    char *text;           /* a draft's document; after an edit, the new one */
    DwDocument *document; /* the same with its memory, where that is kept */
    Facts *facts;         /* NULL: no host */
    Witnesses *witnesses; /* NULL: no host */
    /* arguments */
    char **keys, **pairs;
    char *kind, *uri, *xml;
    GPtrArray *edits, *devices;
    DwSettings *settings;
    VirtAction action;
    VirtUndefineFlags undefine;
    bool fill;       /* DEFINE: the document is still to be completed from the host */
    bool incomplete; /* BUILD: what every domain needs may still be missing */
    /* results */
    GError *error;
    WorkPlan *plan;    /* of a change to a host */
    DwEffects effects; /* PLAN */
    char revision[REVISION_TEXT];
    GPtrArray *problems;
    DwResult result;
    bool changed;
    bool overwrote;    /* perhaps: another program defined the domain at the same moment */
    bool gives_secret; /* the caller sent one */
    char *diff;
    bool compared; /* changes is valid */
    DwChanges changes;
    DomainNews news;
    bool gone;          /* ACT: that was the domain's end */
    char *running;      /* ACT: the document of what has been started, or NULL */
    GPtrArray *choices; /* of DwChoice */
    char *chosen;       /* the default among them, or NULL */
    /* for the answer, filled in on the main thread */
    char *path; /* of the domain, or NULL */
    bool restart_needed;
} Work;

/* References are counted on the main thread. */
Work *work_new(WorkVerb verb);
Work *work_ref(Work *work);
void work_unref(void *work);
static inline void work_clear(Work *work)
{
    if (work)
        work_unref(work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Work, work_clear)
/* Its first step is to be a plan with its effects. */
void work_plan_first(Work *work, GPtrArray *image_directories);
/* Nobody waits for it any more: it must not begin to change anything. Any thread. */
void work_set_unwanted(Work *work);
bool work_is_unwanted(const Work *work);
void work_run(Job *job, void *link, void *data);
/* True for what changes a domain: such work is serialised for each domain. */
bool work_changes(WorkVerb verb);

/* For work*.c */

/* Its document is a draft's, or one made from nothing. */
bool work_on_draft(const Work *work);
/* Of its document, on the host it is worked on. */
void work_revision(const Work *work, const Virt *virt, const DwDocument *document,
                   char ret_revision[static REVISION_TEXT]);
/* The document the work is about, read anew from libvirt unless it is a draft's. */
DwDocument *work_source(const Work *work, Virt *virt, GError **error);
/* What libvirt made of a document just defined. When it cannot be had the error is OUTCOME_UNKNOWN:
 * the change was made, and nothing else is certain. */
char *work_read_back(Virt *virt, const char *uuid, GError **error);
/* What the host can do, for this document. */
void work_view(const Work *work, Virt *virt, const DwDocument *document, FactsView *ret_view);
/* The text under a key, or NULL. */
const char *work_text(const DwSettings *settings, const char *key);
/* Has libvirt define what was planned; its uuid. What the schema at hand cannot speak for is
 * validated by the host's libvirt: INVALID. */
char *work_put(const WorkPlan *plan, Virt *virt, GError **error);
/* The text as an answer: checked for size. */
char *work_answer(char *text, GError **error);
/* The documents of work->plan are there: adds the rest, and its effects where it is to be
 * authorised. */
void work_plan_made(Work *work, Virt *virt);
/* That the plan is the one that was authorised. */
bool work_check_plan(const Work *work, GError **error);
/* As if it had not been planned. */
void work_forget_plan(Work *work);
/* The last thing before a change is begun; false when it must not be. */
bool work_commits(const Work *work, Job *job, GError **error);
bool work_edit(Work *work, Job *job, Virt *virt, GError **error);
bool work_define(Work *work, Job *job, Virt *virt, GError **error);
bool work_build(Work *work, Virt *virt, GError **error);
bool work_choices(Work *work, Virt *virt, GError **error);
