/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers Get and GetAll for Revision, as ordinary requests. */
#include "api/revision-property.h"

#include <string.h>

#include "api/domain-properties.h"
#include "base/error.h"
#include "calls/call.h"
#include "calls/server.h"
#include "drafts/drafts.h"
#include "host/host.h"
#include "inventory/domain-path.h"
#include "operations/reads/read.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

static const ReadOperation *read_of(const Outcome *outcome)
{
    return (const ReadOperation *)outcome->operation;
}

static void reply_get(Writer *reply, const Outcome *outcome)
{
    writer_append(reply, "v", "s", read_of(outcome)->revision);
}

static void reply_get_all(Writer *reply, const Outcome *outcome)
{
    writer_append(reply, "a{sv}", 1, "Revision", "s", read_of(outcome)->revision);
}

static Object *find_object(Server *server, const char *path, uid_t uid)
{
    for (guint i = 0; i < server->hosts->list->len; i++) {
        const Host *host = server->hosts->list->pdata[i];
        Domain *domain = inventory_at_path(host->inventory, path);
        if (domain)
            return &domain->object;
    }
    Draft *draft = drafts_at(server->drafts, path, uid);
    return draft ? &draft->object : NULL;
}

/* What is asked for; NULL: nothing that needs us. */
static ReplyFunc wanted(sd_bus_message *message)
{
    const char *interface, *property;
    ReplyFunc func = NULL;
    if (sd_bus_message_is_method_call(message, PROPERTIES_INTERFACE, "Get") > 0) {
        if (sd_bus_message_read(message, "ss", &interface, &property) >= 0 &&
            strcmp(interface, DOMWRIGHT_CONFIG_INTERFACE) == 0 && strcmp(property, "Revision") == 0)
            func = reply_get;
        sd_bus_message_rewind(message, true);
    } else if (sd_bus_message_is_method_call(message, PROPERTIES_INTERFACE, "GetAll") > 0) {
        if (sd_bus_message_read(message, "s", &interface) >= 0 &&
            strcmp(interface, DOMWRIGHT_CONFIG_INTERFACE) == 0)
            func = reply_get_all;
        sd_bus_message_rewind(message, true);
    }
    return func;
}

bool revision_property_step(Request *request, void *data)
{
    ReplyFunc func = wanted(request->message);
    Object *object =
        func ? find_object(request->server, sd_bus_message_get_path(request->message), request->uid)
             : NULL;
    GError *error = NULL;
    if (!object)
        return false;
    if (request_begin(request) &&
        !call_on_object(request, object, &read_operation_new(READ_REVISION)->base, func, &error))
        request_fail(request, error);
    return true;
}
