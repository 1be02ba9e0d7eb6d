/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Life of requests: quota, dispatch to the handler, answer. What calls mean is in the handlers.
 * Main thread. */
#include "bus/request.h"

#include <domwright/model.h>
#include <string.h>

#include "base/error.h"
#include "bus/wire.h"

/* Between the filter and the handler there is sd-bus, which passes on nothing of ours but the
 * object: what the filter has resolved waits here. Not counted as pending. */
static Request *admitted;

Request *request_new(Requests *all, sd_bus_message *message, const Method *method)
{
    Request *request = g_new(Request, 1);
    *request = (Request){
        .all = all,
        .server = all->server,
        .message = sd_bus_message_ref(message),
        .sender = sd_bus_message_get_sender(message),
        .method = method,
        .serial = all->arrived++,
    };
    all->pending++;
    return request;
}

void request_set_user(Request *request, uid_t uid)
{
    request->uid = uid;
    byte_limit_seen(request->all->byte_limit, uid);
    request->trusted = !request->all->policy || uid == 0;
    request->grants = (Grants){
        .policy = request->trusted ? NULL : request->all->policy,
        .subject = {request->sender, uid,
                    sd_bus_message_get_allow_interactive_authorization(request->message) > 0},
    };
}

bool request_begin(Request *request)
{
    g_autoptr(GError) busy = NULL;
    if (request->counted)
        return true;
    request->counted = quota_begin(request->all->quota, request->uid, &busy);
    if (request->counted)
        return true;
    request_refuse_busy(request, busy);
    return false;
}

void request_charge(Request *request)
{
    if (!request->charged)
        byte_limit_charge(request->all->byte_limit, request->uid, request->size);
    request->charged = true;
}

void request_refuse_busy(Request *request, const GError *busy)
{
    request_charge(request);
    rate_limit_refuse(request->all->rate_limit, request->message, request->uid, busy);
    request_drop(request);
}

void request_drop(Request *request)
{
    if (request->counted)
        quota_end(request->all->quota, request->uid);
    request->all->pending--;
    sd_bus_message_unref(request->message);
    sd_bus_message_unref(request->answer);
    g_free(request);
}

static void deliver(void *userdata, bool send)
{
    Request *request = userdata;
    if (request->answer && send)
        need_memory(sd_bus_send(NULL, request->answer, NULL));
    request_drop(request);
}

/* Takes the answer; NULL: none is wanted. */
static void answer(Request *request, sd_bus_message *message, size_t size)
{
    request->answer = message;
    if (!rate_limit_queue(request->all->rate_limit, request->message, request->uid, size, deliver,
                          request))
        deliver(request, true);
}

Writer request_reply(Request *request)
{
    sd_bus_message *reply = NULL;
    int r = sd_bus_message_new_method_return(request->message, &reply);
    return writer_on(reply, r);
}

static GError *too_large(const Request *request)
{
    return g_error_new(DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                       "The answer of %s is larger than %d bytes; ask for less: for some keys, for "
                       "one kind of device, for fewer columns or domains, or without diff.",
                       sd_bus_message_get_member(request->message), WIRE_MAX_MESSAGE);
}

void request_send(Request *request, Writer *reply)
{
    unsigned unearned = grants_unearned(&request->grants);
    need_memory(reply->error); /* a change may have been made: no error says that */
    if (!reply->error && !unearned && reply->size > WIRE_MAX_MESSAGE) {
        reply->message = sd_bus_message_unref(reply->message);
        request_fail(request, too_large(request));
        return;
    }
    if (!reply->error && !unearned) {
        answer(request, g_steal_pointer(&reply->message), reply->size);
        return;
    }
    reply->message = sd_bus_message_unref(reply->message);
    if (!reply->error) {
        g_autofree char *names = action_names(unearned);
        request_fail(request,
                     g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                                 "The authorisation org.domwright1.%s was not asked for.", names));
        return;
    }
    request_fail(request, g_error_new(DAEMON_ERROR, DAEMON_ERROR_FAILED, "Cannot answer: %s.",
                                      g_strerror(-reply->error)));
}

void request_done(Request *request)
{
    Writer reply = request_reply(request);
    request_send(request, &reply);
}

void request_fail(Request *request, GError *error)
{
    answer(request, error_answer(request->message, error), 0);
    g_error_free(error);
}

void request_refuse(Request *request, const char *error_name, const char *reason)
{
    need_memory(sd_bus_reply_method_errorf(request->message, error_name, "%s", reason));
    request_drop(request);
}

bool request_check_text(const char *text, GError **error)
{
    return check_length("The document", strlen(text), error);
}

/* ---- Dispatch ---- */

static Request *take_admitted(void)
{
    Request *request = g_steal_pointer(&admitted);
    if (request)
        request->all->pending++;
    return request;
}

void request_admit(Request *request)
{
    Request *before = take_admitted();
    if (before)
        request_drop(before);
    if (request)
        request->all->pending--;
    admitted = request;
}

int request_dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    GError *failure = NULL;
    if (!admitted || admitted->message != message) {
        need_memory(
            sd_bus_reply_method_errorf(message, SD_BUS_ERROR_ACCESS_DENIED, "Access denied."));
        return 1;
    }
    Request *request = take_admitted();
    if (request_begin(request) && !request->method->call(request, userdata, &failure))
        request_fail(request, failure);
    return 1;
}
