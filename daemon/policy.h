/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking polkit whether a caller may do something. It knows actions, details and limits; what a
 * call needs is decided elsewhere. Every error, time-out and vanished caller is a no. Main thread.
 *
 * There is a policy on the system bus only; elsewhere, and for uid 0, nothing is asked.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "server.h"

typedef enum {
    ACTION_READ,
    ACTION_READ_SECRETS,
    ACTION_DEFINE,
    ACTION_MODIFY,
    ACTION_CONTROL,
    ACTION_UNDEFINE,
    ACTION_USE_HOST_RESOURCES,
    ACTION_COUNT
} Action;

/* "modify"; polkit's name has "org.domwright1." before it. */
const char *action_name(Action action);

/* What rules can look at; NULL or empty: left out. */
typedef struct {
    const char *host, *domain, *uuid, *operation;
    const char *path; /* only when all that is reached is this one image */
    char **kinds, **paths, **reach;
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

typedef struct PolicyCheck PolicyCheck;

Policy *policy_new(Server *server, GError **error);
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
