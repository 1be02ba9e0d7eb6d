/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one call has been granted, and several checks by polkit as one question. Which actions a
 * call needs is said by whoever knows its effect; an answer that was not earned is stopped by
 * request.h. Used by requests and by api/call; main thread.
 */
#pragma once

#include "policy/polkit.h"

typedef struct {
    Policy *policy; /* NULL: nothing has to be asked for */
    PolicySubject subject;
    unsigned needs, granted; /* ACTION_BITs */
} Grants;

typedef struct Authorization Authorization;

/* Called once, unless authorization_cancel was: denied (given away) is NULL when all was granted.
 */
typedef void (*AuthorizationFunc)(GError *denied, void *userdata);

/* Of these actions (ACTION_BITs), those that still have to be asked for on this host ("": none); 0
 * for uid 0 and on a bus without policy. All of them become needs. */
unsigned grants_missing(Grants *grants, unsigned actions, const char *host);
/* Needs that have not been granted. */
unsigned grants_unearned(const Grants *grants);
/* Asks for all of them: at once, or one after the other where each may be a prompt; the first no
 * ends it. grants and details stay the caller's and have to last as long. NULL with BUSY. */
Authorization *authorization_begin(Grants *grants, unsigned actions, const PolicyDetails *details,
                                   AuthorizationFunc func, void *userdata, GError **error);
void authorization_cancel(Authorization *authorization);
