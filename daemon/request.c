/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrival and answer of calls. What they mean is in the handlers. */
#include "request.h"

#include <domwright/model.h>
#include <errno.h>
#include <string.h>

#include "authority.h"
#include "errors.h"
#include "host.h"
#include "objects.h"
#include "pace.h"

Request *request_new(Server *server, sd_bus_message *message, const Method *method, uid_t uid)
{
    g_autoptr(GError) busy = NULL;
    if (!access_begin(server->access, uid, &busy)) {
        pace_refuse(server->pace, message, uid, busy);
        return NULL;
    }
    Request *request = g_new(Request, 1);
    *request = (Request){
        .server = server,
        .message = sd_bus_message_ref(message),
        .method = method,
        .uid = uid,
        .trusted = !server->policy || uid == 0,
    };
    server->requests++;
    return request;
}

void request_drop(Request *request)
{
    access_end(request->server->access, request->uid);
    request->server->requests--;
    sd_bus_message_unref(request->message);
    sd_bus_message_unref(request->answer);
    g_free(request);
}

void request_deliver(Request *request)
{
    if (request->answer)
        need_memory(sd_bus_send(NULL, request->answer, NULL));
    request_drop(request);
}

/* Takes the answer; NULL: none is wanted. */
static void answer(Request *request, sd_bus_message *message)
{
    request->answer = message;
    if (!pace_hold(request->server->pace, request))
        request_deliver(request);
}

sd_bus_message *request_reply(Request *request)
{
    sd_bus_message *reply = NULL;
    need_memory(sd_bus_message_new_method_return(request->message, &reply));
    return reply;
}

void request_send(Request *request, sd_bus_message *reply, int r)
{
    need_memory(r); /* a change may have been made: no error says that */
    if (r >= 0 && reply && (request->needs & ~request->granted) == 0) {
        answer(request, reply);
        return;
    }
    sd_bus_message_unref(reply);
    if (r >= 0 && reply) {
        g_autofree char *names = authority_names(request->needs & ~request->granted);
        request_fail(request, g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                                          "org.domwright1.%s was not asked for", names));
        return;
    }
    request_fail(request, g_error_new(DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot answer: %s",
                                      g_strerror(r < 0 ? -r : ENOMEM)));
}

void request_done(Request *request)
{
    request_send(request, request_reply(request), 0);
}

void request_fail(Request *request, GError *error)
{
    answer(request, error_answer(request->message, error));
    g_error_free(error);
}

bool request_check_text(const char *text, GError **error)
{
    if (strlen(text) <= DW_MAX_BYTES)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                "the document is longer than %d bytes, the most that is passed on", DW_MAX_BYTES);
    return false;
}

/* ---- Calls answered from memory: reading has to be granted first ---- */

typedef struct {
    Request *request;
    char *host; /* "" for none */
    PolicyDetails details;
} Held;

static void on_read_answer(GError *denied, void *userdata)
{
    g_autofree Held *held = userdata;
    Request *request = held->request;
    Server *server = request->server;
    g_free(held->host);
    if (denied) {
        request_fail(request, denied);
        return;
    }
    /* From the start: meanwhile the object may have gone, and another may have its place. */
    sd_bus_message_rewind(request->message, true);
    if (sd_bus_enqueue_for_read(server->bus, request->message) < 0)
        request_fail(request, g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "too many calls"));
    else
        request_drop(request);
}

static bool hold_for_read(Request *request, const char *host, GError **error)
{
    Held *held = g_new0(Held, 1);
    *held = (Held){.request = request, .host = g_strdup(host)};
    held->details = (PolicyDetails){.host = held->host,
                                    .operation = sd_bus_message_get_member(request->message)};
    if (authority_ask(request, ACTION_BIT(ACTION_READ), &held->details, on_read_answer, held,
                      error))
        return true;
    g_free(held->host);
    g_free(held);
    return false;
}

static bool call(Request *request, Object *object, GError **error)
{
    const char *host = object->kind == OBJECT_HOST ? ((Host *)object)->name : "";
    if (request->method->access == ACCESS_LOOK &&
        authority_missing(request, ACTION_BIT(ACTION_READ), host))
        return hold_for_read(request, host, error);
    return request->method->call(request, object, error);
}

int request_dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Server *server = object_server(userdata);
    const Method *method =
        method_find(sd_bus_message_get_interface(message), sd_bus_message_get_member(message));
    uid_t uid;
    if (!method || !access_uid(server->access, sd_bus_message_get_sender(message), &uid) ||
        !access_allows(server->access, uid)) {
        need_memory(
            sd_bus_reply_method_errorf(message, SD_BUS_ERROR_ACCESS_DENIED, "access denied"));
        return 1;
    }
    GError *failure = NULL;
    Request *request = request_new(server, message, method, uid);
    if (request && !call(request, userdata, &failure))
        request_fail(request, failure);
    return 1;
}
