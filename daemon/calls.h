/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a request to work and back: choosing the queue, asking for what the work needs to be
 * granted, and what an outcome means for inventory and drafts before the caller hears of it.
 */
#pragma once

#include "answers.h"
#include "request.h"
#include "work.h"

/* A domain or a draft; takes work in every case, the request on success. */
bool call_on_object(Request *request, Object *object, Work *work, CallFill fill, GError **error);
/* A host, without a domain. */
bool call_on_host(Request *request, Host *host, Work *work, CallFill fill, GError **error);
/* No host: documents only. */
bool call_on_desk(Request *request, Work *work, CallFill fill, GError **error);
/* Commits a draft on a host; when base is not NULL, over that domain. */
struct Draft;
bool call_commit(Request *request, struct Draft *draft, Host *host, const Domain *base, Work *work,
                 CallFill fill, GError **error);
/* After the work, a draft is made of its document for the caller, and its path is the answer. */
bool call_for_draft(Request *request, Host *host, const Domain *base, const char *host_name,
                    Work *work, GError **error);

/* The sender has left: nothing is begun for it any more. */
void calls_forget(Server *server, const char *sender);
