/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Begins calls: what each kind of object, host, domain or draft, means for the operation, its lane
 * and what the answer is about. Used by the handlers of all interfaces; main thread.
 */
#include "calls/call.h"

#include <string.h>

#include "base/error.h"
#include "calls/call-life.h"
#include "calls/server.h"
#include "inventory/domain-path.h"
#include "operations/plan.h"

static Call *call_new(Request *request, Operation *operation, ReplyFunc reply)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.server = request->server, .request = request};
    call->operation = operation;
    call->reply = reply;
    call->link.data = call;
    g_queue_push_tail_link(&call->server->calls, &call->link);
    return call;
}

/* domain: NULL for none. */
static void call_set_place(Call *call, Host *host, const Domain *domain)
{
    Subject *subject = &call->subject;
    subject->host = host;
    host->calls++;
    if (!domain)
        return;
    uuid_format(&domain->uuid, subject->uuid);
    g_strlcpy(call->operation->uuid, subject->uuid, sizeof call->operation->uuid);
    subject->generation = domain->change_count;
    subject->name = g_strdup(domain->name);
}

static void call_set_draft(Call *call, const Draft *draft, DraftRole role)
{
    call->subject.role = role;
    call->subject.draft = g_strdup(draft->id);
}

static bool start_on_draft(Request *request, Draft *draft, Operation *operation, ReplyFunc reply,
                           GError **error)
{
    if (!draft_check_available(draft, error)) {
        operation_unref(operation);
        return false;
    }
    if (operation->options.live) {
        operation_unref(operation);
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "Option live: a draft has no live configuration.");
        return false;
    }
    if (!options_check_affect(&operation->options, error)) {
        operation_unref(operation);
        return false;
    }
    draft_touch(draft);
    Host *host = hosts_find(request->server->hosts, draft->host);
    if (host)
        operation->capabilities = capabilities_cache_ref(host->capabilities);
    operation->host_gone = !host && *draft->host;
    operation->asked = !host || !questions_are_answered(host->questions);
    Call *call = call_new(request, operation, reply);
    call_set_draft(call, draft, DRAFT_WORKED_ON);
    call->size = draft->length;
    return call_start(call, draft->id, error);
}

bool call_on_object(Request *request, Object *object, Operation *operation, ReplyFunc reply,
                    GError **error)
{
    if (object->kind == OBJECT_DRAFT)
        return start_on_draft(request, (Draft *)object, operation, reply, error);
    const Domain *domain = (const Domain *)object;
    const OperationType *type = operation->type;
    ChangeOperation *change = operation_change(operation);
    if (change && !change_choose_affect(change, domain->persistent, domain_active(domain), error)) {
        operation_unref(operation);
        return false;
    }
    Call *call = call_new(request, operation, reply);
    call_set_place(call, domain->inventory->host, domain);
    return call_start(call, type->serialised ? call->subject.uuid : NULL, error);
}

bool call_on_host(Request *request, Host *host, Operation *operation, ReplyFunc reply,
                  GError **error)
{
    Call *call = call_new(request, operation, reply);
    call_set_place(call, host, NULL);
    return call_start(call, NULL, error);
}

bool call_then(Request *request, Host *host, const Domain *domain, Operation *operation,
               TakeOverFunc take_over, GError **error)
{
    Call *call = call_new(request, operation, NULL);
    call->take_over = take_over;
    call_set_place(call, host, domain);
    return call_start(call, NULL, error);
}

bool call_without_host(Request *request, gsize size, Operation *operation, ReplyFunc reply,
                       GError **error)
{
    Call *call = call_new(request, operation, reply);
    call->size = size;
    return call_start(call, NULL, error);
}

bool call_holding(Request *request, Draft *draft, DraftRole role, Host *host, const Domain *base,
                  Operation *operation, ReplyFunc reply, GError **error)
{
    Call *call = call_new(request, operation, reply);
    call_set_place(call, host, base);
    call_set_draft(call, draft, role);
    draft->held = true;
    if (call_start(call, base ? call->subject.uuid : NULL, error))
        return true;
    draft->held = false;
    return false;
}

bool call_for_draft(Request *request, Host *host, const char *host_name, gsize size,
                    Operation *operation, GError **error)
{
    Call *call = call_new(request, operation, reply_path);
    if (host)
        call_set_place(call, host, NULL);
    call->subject.role = DRAFT_WANTED;
    call->subject.draft_host = g_strdup(host_name);
    call->size = size;
    return call_start(call, NULL, error);
}

bool call_for_draft_of(Request *request, const Domain *base, Operation *operation, GError **error)
{
    Call *call = call_new(request, operation, reply_path);
    call_set_place(call, base->inventory->host, base);
    call->subject.role = DRAFT_WANTED;
    call->subject.draft_host = g_strdup(base->inventory->host->name);
    call->subject.draft_base = domain_path(base);
    return call_start(call, NULL, error);
}
