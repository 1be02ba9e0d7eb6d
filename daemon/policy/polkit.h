/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks polkit whether a caller may do something: one check for one action, with its details and
 * limits. Used by authorization.c, which knows what a call needs. Every error, timeout and vanished
 * caller is a no. Main thread.
 *
 * There is a policy on the system bus only; elsewhere, and for uid 0, nothing is asked.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "policy/action.h"

/* What rules can look at; NULL or empty: left out. */
typedef struct {
    const char *host, *domain, *uuid, *operation;
    const char *path; /* only when all that is reached is this one image */
    char **kinds, **paths, **reach;
    char **domains; /* names, when a call is about a set of them */
} PolicyDetails;

typedef enum {
    ANSWER_YES,
    ANSWER_NO,
    ANSWER_CHALLENGE, /* yes after authentication, which the caller did not allow to ask for */
    ANSWER_ERROR,     /* polkit did not say, or not in time */
    ANSWER_GONE,      /* nobody waits any more: the caller left, or the service is stopping */
} Answer;

/* Called once for each check that was begun and not cancelled, never from within policy_ask. */
typedef void (*AnswerFunc)(Answer answer, void *userdata);

/* Who is asked about; interactive: the user may be asked to authenticate. */
typedef struct {
    const char *sender;
    uid_t uid;
    bool interactive;
} PolicySubject;

typedef struct Policy Policy;
typedef struct PolicyCheck PolicyCheck;

Policy *policy_new(sd_bus *bus, sd_event *event, GError **error);
void policy_free(Policy *policy);

/* NULL with BUSY when too many are waiting. */
PolicyCheck *policy_ask(Policy *policy, const PolicySubject *subject, Action action,
                        const PolicyDetails *details, AnswerFunc func, void *userdata,
                        GError **error);
/* The answer will not come; polkit is told. */
void policy_cancel(PolicyCheck *check);
/* Ends all checks of a sender, and of all senders with NULL, as ANSWER_GONE. */
void policy_forget(Policy *policy, const char *sender);

/* A yes to ACTION_READ that is still good for this sender and host ("": no host). */
bool policy_may_read(const Policy *policy, const char *sender, const char *host);
