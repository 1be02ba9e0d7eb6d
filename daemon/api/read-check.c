/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks for the right to read before a call is answered from memory. Main thread. */
#include "api/read-check.h"

#include <domwright/names.h>
#include <string.h>

#include "api/object-tree.h"
#include "host/host.h"

typedef struct {
    Request *request;
    Requeue *requeue;
    char *host; /* "" for none */
    PolicyDetails details;
} ReadCheck;

static void check_free(ReadCheck *check)
{
    g_free(check->host);
    g_free(check);
}

/* The call goes back onto the queue: meanwhile its object may have gone. */
static void on_answer(GError *denied, void *userdata)
{
    ReadCheck *check = userdata;
    if (denied)
        request_fail(check->request, denied);
    else
        requeue_add(check->requeue, check->request);
    check_free(check);
}

static void ask(Request *request, Requeue *requeue, const char *host)
{
    GError *error = NULL;
    ReadCheck *check = g_new0(ReadCheck, 1);
    *check = (ReadCheck){.request = request, .requeue = requeue, .host = g_strdup(host)};
    check->details = (PolicyDetails){.host = check->host,
                                     .operation = sd_bus_message_get_member(request->message)};
    if (authorization_begin(&request->grants, ACTION_BIT(ACTION_READ), &check->details, on_answer,
                            check, &error))
        return;
    request_fail(request, error);
    check_free(check);
}

bool read_check_step(Request *request, void *requeue)
{
    if (!request->method || !(request->method->flags & METHOD_FROM_MEMORY))
        return false;
    const char *path = sd_bus_message_get_path(request->message);
    const Host *host = object_tree_host(request->server, path);
    if (!host && strcmp(path, DOMWRIGHT_PATH) != 0)
        return false; /* no such object: sd-bus says so */
    const char *name = host ? host->name : "";
    if (!grants_missing(&request->grants, ACTION_BIT(ACTION_READ), name))
        return false;
    if (request_begin(request))
        ask(request, requeue, name);
    return true;
}
