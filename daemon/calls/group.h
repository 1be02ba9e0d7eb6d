/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One request that changes many domains: each as a whole or not at all, each with a row of the
 * answer, all of them authorised by one question for each action. Used by apply-all.c; main thread.
 */
#pragma once

#include "calls/group-member.h"

struct Server;

/* Takes the request, and answers it. domains: of Domain, in the order of the rows. */
void group_begin(Request *request, Host *host, const GPtrArray *domains, const GroupChange *change);
/* The sender has left: nothing more is begun for it. */
void groups_forget(struct Server *server, const char *sender);
