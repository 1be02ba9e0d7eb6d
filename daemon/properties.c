/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers Get and GetAll for Revision, as ordinary requests. */
#include "properties.h"

#include <string.h>

#include "calls.h"
#include "domain-values.h"
#include "drafts.h"
#include "errors.h"
#include "host.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

static int fill_get(sd_bus_message *reply, const Work *work)
{
    return sd_bus_message_append(reply, "v", "s", work->revision);
}

static int fill_get_all(sd_bus_message *reply, const Work *work)
{
    return sd_bus_message_append(reply, "a{sv}", 1, "Revision", "s", work->revision);
}

static Object *find_object(Server *server, const char *path, uid_t uid)
{
    for (guint i = 0; i < server->hosts->len; i++) {
        Domain *domain = domain_at(server->hosts->pdata[i], path);
        if (domain)
            return &domain->object;
    }
    Draft *draft = drafts_at(server->drafts, path, uid);
    return draft ? &draft->object : NULL;
}

/* What is asked for; NULL: nothing that needs us. */
static CallFill wanted(sd_bus_message *message)
{
    const char *interface, *property;
    CallFill fill = NULL;
    if (sd_bus_message_is_method_call(message, PROPERTIES_INTERFACE, "Get") > 0) {
        if (sd_bus_message_read(message, "ss", &interface, &property) >= 0 &&
            strcmp(interface, DOMWRIGHT_CONFIG_INTERFACE) == 0 && strcmp(property, "Revision") == 0)
            fill = fill_get;
        sd_bus_message_rewind(message, true);
    } else if (sd_bus_message_is_method_call(message, PROPERTIES_INTERFACE, "GetAll") > 0) {
        if (sd_bus_message_read(message, "s", &interface) >= 0 &&
            strcmp(interface, DOMWRIGHT_CONFIG_INTERFACE) == 0)
            fill = fill_get_all;
        sd_bus_message_rewind(message, true);
    }
    return fill;
}

int properties_intercept(Server *server, sd_bus_message *message, uid_t uid)
{
    CallFill fill = wanted(message);
    Object *object = fill ? find_object(server, sd_bus_message_get_path(message), uid) : NULL;
    if (!object)
        return 0;
    g_autoptr(GError) error = NULL;
    Request *request = request_new(server, message, NULL, uid);
    if (request && !call_on_object(request, object, work_new(WORK_REVISION), fill, &error))
        request_fail(request, g_steal_pointer(&error));
    return 1;
}
