/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a request has been granted, and asking for what it still needs. Which actions those are is
 * the business of whoever knows the effect; an answer that was not earned is stopped by request.h.
 */
#pragma once

#include "policy.h"
#include "request.h"

#define ACTION_BIT(action) (1u << (action))

typedef struct Asking Asking;

/* Called once, unless authority_cancel was: denied (given away) is NULL when all was granted. */
typedef void (*AskingFunc)(GError *denied, void *userdata);

/* Of these actions (ACTION_BITs), those the request still has to ask for on this host ("": none);
 * 0 for uid 0 and on a bus without policy. All of them become needs of the request. */
unsigned authority_missing(Request *request, unsigned actions, const char *host);
/* Asks for all of them: at once, or one after the other where each may be a prompt; the first no
 * ends it. details stay the caller's and have to last as long. NULL with BUSY. */
Asking *authority_ask(Request *request, unsigned actions, const PolicyDetails *details,
                      AskingFunc func, void *userdata, GError **error);
void authority_cancel(Asking *asking);
/* "read, modify" */
char *authority_names(unsigned actions);
