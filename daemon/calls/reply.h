/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies that several methods have in common, made from the outcome of an operation. Main thread.
 */
#pragma once

#include "base/writer.h"
#include "calls/outcome.h"

/* Appends the results of a method. */
typedef void (*ReplyFunc)(Writer *reply, const Outcome *outcome);
/* Takes the request; the operation is the call's: it may be referred to. */
typedef void (*TakeOverFunc)(Request *request, Host *host, Operation *operation);

void reply_nothing(Writer *reply, const Outcome *outcome);
void reply_path(Writer *reply, const Outcome *outcome); /* o */
void reply_text(Writer *reply, const Outcome *outcome); /* s */

/* Of operations that change a definition. */
void reply_result_members(Writer *reply, const Outcome *outcome);  /* {sv}… */
void reply_result(Writer *reply, const Outcome *outcome);          /* a{sv} */
void reply_id_and_result(Writer *reply, const Outcome *outcome);   /* s a{sv} */
void reply_ids_and_result(Writer *reply, const Outcome *outcome);  /* as a{sv} */
void reply_path_and_result(Writer *reply, const Outcome *outcome); /* o a{sv} */
/* Texts in twos, as a member of the answer's dictionary; pair is "{ss}" or "(ss)". */
void reply_pairs(Writer *reply, const char *member, const char *pair, const GPtrArray *texts);
