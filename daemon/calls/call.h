/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a request to an operation and back: choosing the queue, having authorised what the operation
 * needs, and answering with its outcome. Used by the handlers of all interfaces; main thread.
 *
 * All functions take the operation in every case, the request on success.
 */
#pragma once

#include "bus/options.h"
#include "bus/request.h"
#include "calls/reply.h"
#include "operations/operation.h"

/* On a domain or a draft. */
bool call_on_object(Request *request, Object *object, Operation *operation, ReplyFunc reply,
                    GError **error);
/* On a host, without a domain. */
bool call_on_host(Request *request, Host *host, Operation *operation, ReplyFunc reply,
                  GError **error);
/* The same, or with one, but take_over() answers when the operation has succeeded, and in its own
 * time. domain: NULL for none. */
bool call_then(Request *request, Host *host, const Domain *domain, Operation *operation,
               TakeOverFunc take_over, GError **error);
/* Without a host: documents only. size: of the document, which decides where it is worked on. */
bool call_without_host(Request *request, gsize size, Operation *operation, ReplyFunc reply,
                       GError **error);
/* Commits a draft on a host, when base is not NULL over that domain; or rebases it onto base. Until
 * the call ends nothing else is done with the draft. role: DRAFT_COMMITTED, DRAFT_REBASED. */
bool call_holding(Request *request, Draft *draft, DraftRole role, Host *host, const Domain *base,
                  Operation *operation, ReplyFunc reply, GError **error);
/* The text that the operation makes becomes a draft of the caller's, whose path is the answer.
 * host: where the operation is done, NULL: nowhere, and then size as above. */
bool call_for_draft(Request *request, Host *host, const char *host_name, gsize size,
                    Operation *operation, GError **error);
/* The same from a domain's document; operation: one of read.h. */
bool call_for_draft_of(Request *request, const Domain *base, Operation *operation, GError **error);
