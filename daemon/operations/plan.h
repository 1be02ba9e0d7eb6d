/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the operations that change a definition have in common: ChangeOperation, with which the
 * structs of edit.h and define.h begin. A change is made in one step, or in two with an
 * authorisation of its effects between them: the plan says what the documents would be, the act
 * makes them so and does nothing that was not planned.
 *
 * A plan has one DocumentChange for each document of the domain: the persistent configuration,
 * which stays as it is when only the running domain is to change, and the running one when that is
 * to change, with the steps that change it (live/steps.h). What is authorised is what both amount
 * to.
 */
#pragma once

#include "operations/operation.h"

/* One document of a domain, before and after. */
typedef struct {
    DwDocument *before; /* NULL: a new domain */
    DwDocument *after;
    char revision[REVISION_TEXT]; /* of before, or "" */
    char digest[REVISION_TEXT];   /* of after, when it was authorised */
} DocumentChange;

/* What would be done to a host, complete; not changed any more once it is being authorised. */
typedef struct {
    char *name, *uuid;
    char *old_name; /* of a rename: the domain's name until then, else NULL */
    DocumentChange config;
    DwDocument *settled; /* of a rename: what has to be defined under the old name first, or NULL */
    DocumentChange live; /* nothing in it: the running domain is not to change */
    GPtrArray *steps;    /* of LiveStep, in order; NULL likewise */
    DwChanges live_changes; /* what the steps change, where live_compared */
    bool live_compared;
    bool schema_checked; /* by a schema that is authoritative for the host's libvirt */
} ChangePlan;

typedef enum {
    STEP_WHOLE, /* plan and act at once */
    STEP_PLAN,
    STEP_ACT,
} ChangeStep;

typedef struct {
    Operation base;
    ChangeStep step;
    Affect affect;
    bool transient;               /* the domain has the running side alone */
    GPtrArray *image_directories; /* STEP_PLAN: of DwImageDirectory, or NULL */
    /* results */
    ChangePlan *plan;
    DwEffects effects; /* STEP_PLAN */
    DwResult result;
    GPtrArray *problems; /* of DwProblem */
    char revision[REVISION_TEXT];
    char *diff;
    bool changed;
    bool config_changed;   /* of that, the persistent side */
    GPtrArray *waiting;    /* of text: what takes a restart, as KEY, KIND/ID/key or KIND/ID */
    GPtrArray *removing;   /* kind, id, … of devices that the guest has not let go yet */
    bool kept;             /* the running domain refused, and what was done stays, by option keep */
    GPtrArray *not_undone; /* then: what was done in the running domain, as waiting names it */
    const char *applied;   /* the sides that were changed, as option affect names them, or NULL */
    bool gives_secret;     /* the caller sent one */
    bool in_force;         /* nothing of it waits until the domain is started again */
    bool overwrote;        /* perhaps: another program defined the domain at the same moment */
    DomainSnapshot stored; /* what libvirt has now */
} ChangeOperation;

/* The operation as a ChangeOperation, NULL when it does not change a definition. */
ChangeOperation *operation_change(Operation *operation);
/* The same of what may be NULL, to read only. */
const ChangeOperation *operation_change_const(const Operation *operation);

/* For the constructors of edit.c and define.c, and their clear(). */
void *change_operation_new(const OperationType *type);
void change_operation_clear(ChangeOperation *change);
/* OperationType.next of those. */
OperationNext change_next(const Operation *operation);

/* Main thread. Settles which sides are changed, by the option and by what the domain is now;
 * UNSUPPORTED, naming what to use, where the domain has no such side. */
bool change_choose_affect(ChangeOperation *change, bool persistent, bool active, GError **error);
/* Main thread. The first step is to be a plan with its effects; and the plan was granted. */
void change_plan_first(ChangeOperation *change, GPtrArray *image_directories);
void change_act(ChangeOperation *change);

/* Worker. */

/* The documents of change->plan are there: adds its identity, and its digest and effects where it
 * is to be authorised. */
void plan_complete(ChangeOperation *change, Virt *virt);
/* That the documents are still those that were authorised. */
bool plan_check(const ChangeOperation *change, GError **error);
/* Sets a key (NULL: none), whatever is wrong with the document. flags: DW_APPLY_NEW adds what the
 * host knows of new documents. */
bool document_set(DwDocument *document, const char *key, const char *value, const DwHost *host,
                  DwApplyFlags flags, GError **error);
/* As if it had not been planned. */
void plan_forget(ChangeOperation *change);
/* Main thread. It has been done: lets go of all but what is answered. */
void change_forget_documents(ChangeOperation *change);
/* Main thread. How much memory its plan takes, about. */
gsize change_plan_size(const ChangeOperation *change);
/* Adds the problems of change->result to change->problems. */
void change_take_problems(ChangeOperation *change);
