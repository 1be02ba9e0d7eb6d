/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One of the domains that a request changes: its edit, what has become of it, and its row of the
 * answer. Used by group.c, which says when; main thread.
 */
#pragma once

#include "base/options.h"
#include "calls/outcome.h"
#include "calls/wait.h"
#include "operations/edits/edit.h"

/* What is done to each of the domains. */
typedef struct {
    GPtrArray *edits; /* of DwEdit */
    Options options;  /* those that are the same for all */
    Affect affect;
    DwSettings *expected; /* the revisions they have to have, by uuid; NULL: any */
} GroupChange;

void group_change_clear(GroupChange *change);

typedef enum {
    MEMBER_NEW,
    MEMBER_AT_WORK,
    MEMBER_PLANNED,
    MEMBER_WAITING, /* for its guest */
    MEMBER_ENDED,
} MemberState;

typedef struct {
    struct Group *group;
    Request *request;
    Subject subject;
    char *path;
    EditOperation *edit; /* NULL: lost with a task that did not end in time, or answered */
    MemberState state;
    Wait *wait; /* or NULL */
    bool dry_run;
    Outcome outcome; /* of one that succeeded */
    GError *error;   /* why it did not */
} Member;

/* What cannot be changed as is asked for has ended already. */
void member_init(Member *member, struct Group *group, Request *request, const GroupChange *change,
                 const Domain *domain);
void member_clear(Member *member);
/* NULL: lost. */
Operation *member_operation(const Member *member);
/* ACTION_BITs of what the call changes of this domain. */
unsigned member_effects(const Member *member);
/* Both end it and record what was done. Takes the error; acted: it may have been changed all the
 * same. */
void member_fail(Member *member, GError *error, bool acted);
void member_succeed(Member *member);
/* Bytes of the differences and problems in its row, about. */
gsize member_details(const Member *member);
/* Its row; without details there is a problem in their place that says so. */
void member_write(Member *member, Writer *reply, bool details);
