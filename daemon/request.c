/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrival and answer of calls. What they mean is in the handlers. */
#include "request.h"

#include <domwright/model.h>
#include <errno.h>
#include <string.h>

#include "errors.h"
#include "objects.h"

Request *request_new(Server *server, sd_bus_message *message, const Method *method, uid_t uid)
{
    Request *request = g_new(Request, 1);
    *request = (Request){server, sd_bus_message_ref(message), method, uid};
    server->requests++;
    return request;
}

static void request_free(Request *request)
{
    request->server->requests--;
    sd_bus_message_unref(request->message);
    g_free(request);
}

sd_bus_message *request_reply(Request *request)
{
    sd_bus_message *reply = NULL;
    sd_bus_message_new_method_return(request->message, &reply);
    return reply;
}

void request_send(Request *request, sd_bus_message *reply, int r)
{
    if (r >= 0 && reply) {
        sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        request_free(request);
        return;
    }
    sd_bus_message_unref(reply);
    request_fail(request, g_error_new(DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot answer: %s",
                                      g_strerror(r < 0 ? -r : ENOMEM)));
}

void request_done(Request *request)
{
    request_send(request, request_reply(request), 0);
}

void request_fail(Request *request, GError *error)
{
    sd_bus_reply_method_errorf(request->message, error_name(error), "%s", error->message);
    g_error_free(error);
    request_free(request);
}

bool request_check_text(const char *text, GError **error)
{
    if (strlen(text) <= DW_MAX_BYTES)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                "the document is longer than %d bytes, the most that is passed on", DW_MAX_BYTES);
    return false;
}

int request_dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Server *server = object_server(userdata);
    const Method *method =
        method_find(sd_bus_message_get_interface(message), sd_bus_message_get_member(message));
    uid_t uid;
    if (!method || !access_uid(server->access, sd_bus_message_get_sender(message), &uid) ||
        !access_allows(server->access, uid, method->access))
        return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, "access denied");
    Request *request = request_new(server, message, method, uid);
    GError *failure = NULL;
    if (method->call(request, userdata, &failure))
        return 1;
    request_free(request);
    return error_return(error, failure);
}
