/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One list of waiting calls a host, each until the host is ready. Main thread. */
#include "api/startup-hold.h"

#include <string.h>

#include "api/object-tree.h"
#include "base/error.h"
#include "calls/server.h"
#include "drafts/drafts.h"
#include "host/hosts.h"

/* Calls kept for one host. */
#define MAX_HELD 4096

typedef struct {
    Requeue *requeue;
    const Host *host;
    bool awaiting_connection; /* calls that need this host wait */
    bool first;               /* it has not been asked yet what it can do */
    bool silent;              /* it was asked, and does not say */
    bool overdue;             /* it has not answered in time, and may still */
    GPtrArray *held;          /* of Request */
} HostHold;

struct StartupHold {
    Requeue *requeue;
    GPtrArray *hosts; /* of HostHold, in the order in which the hosts came */
};

/* The filter sees them again, and may keep them again. */
static void release(HostHold *hold)
{
    g_autoptr(GPtrArray) held = g_steal_pointer(&hold->held);
    hold->held = g_ptr_array_new();
    for (guint i = 0; i < held->len; i++)
        requeue_add(hold->requeue, held->pdata[i]);
}

/* ---- Hosts ---- */

static HostHold *find(const StartupHold *holds, const Host *host)
{
    for (guint i = 0; i < holds->hosts->len; i++) {
        HostHold *hold = holds->hosts->pdata[i];
        if (hold->host == host)
            return hold;
    }
    return NULL;
}

static void hold_free(void *userdata)
{
    HostHold *hold = userdata;
    for (guint i = 0; i < hold->held->len; i++)
        request_drop(hold->held->pdata[i]);
    g_ptr_array_unref(hold->held);
    g_free(hold);
}

static int on_added(Host *host, void *userdata)
{
    StartupHold *holds = userdata;
    HostHold *hold = g_new0(HostHold, 1);
    *hold = (HostHold){.requeue = holds->requeue, .host = host};
    hold->awaiting_connection = hold->first = true;
    hold->held = g_ptr_array_new();
    g_ptr_array_add(holds->hosts, hold);
    return 0;
}

static void on_removed(Host *host, void *userdata)
{
    StartupHold *holds = userdata;
    HostHold *hold = find(holds, host);
    if (!hold)
        return;
    release(hold);
    g_ptr_array_remove(holds->hosts, hold);
}

static void on_ready(Host *host, HostReady what, void *userdata)
{
    HostHold *hold = find(userdata, host);
    if (!hold)
        return;
    if (what == HOST_READY_CONNECTION) {
        hold->awaiting_connection = false;
    } else {
        hold->first = false;
        hold->overdue = what == HOST_NO_CAPABILITIES;
        hold->silent = !hold->overdue && connector_is_connected(host->connector);
    }
    release(hold);
}

HostListener startup_hold_listener(StartupHold *holds)
{
    return (HostListener){
        .data = holds, .added = on_added, .removed = on_removed, .ready = on_ready};
}

StartupHold *startup_hold_new(Requeue *requeue)
{
    StartupHold *holds = g_new0(StartupHold, 1);
    holds->requeue = requeue;
    holds->hosts = g_ptr_array_new_with_free_func(hold_free);
    return holds;
}

void startup_hold_free(StartupHold *holds)
{
    if (!holds)
        return;
    g_ptr_array_unref(holds->hosts);
    g_free(holds);
}

/* ---- Keeping ---- */

bool startup_hold_awaits(const StartupHold *holds, const Host *host)
{
    const HostHold *hold = find(holds, host);
    return hold && hold->awaiting_connection;
}

/* A draft is here without its host: only what needs the host's capabilities waits for it. */
static const Host *host_of_draft(const Request *request, const char *path)
{
    const Draft *draft =
        request->method && (request->method->flags & METHOD_NEEDS_CAPABILITIES)
            ? drafts_find(request->server->drafts, path + strlen(DOMWRIGHT_DRAFT_PREFIX))
            : NULL;
    return draft ? hosts_find(request->server->hosts, draft->host) : NULL;
}

static const Host *host_of(const Request *request)
{
    const char *path = sd_bus_message_get_path(request->message);
    const Method *method = request->method;
    if (method && method->host_of) {
        const Host *host = method->host_of(request);
        sd_bus_message_rewind(request->message, true);
        return host;
    }
    return g_str_has_prefix(path, DOMWRIGHT_DRAFT_PREFIX)
               ? host_of_draft(request, path)
               : object_tree_host_of(request->server, path);
}

/* A worker fills the cache before the main thread hears of it: who comes in between stays behind
 * those who wait already. */
static bool awaits_capabilities(const HostHold *hold)
{
    if (hold->held->len > 0)
        return true;
    return (hold->first || connector_is_connected(hold->host->connector)) && !hold->silent &&
           !capabilities_cache_is_filled(hold->host->capabilities);
}

/* What the host can do is not known, and is not going to be before the caller gives up. */
static void refuse(const HostHold *hold, Request *request)
{
    request_fail(request, g_error_new(DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                                      "Host %s has not said yet what it can do, which this call "
                                      "needs; try again later.",
                                      hold->host->name));
}

bool startup_hold_step(Request *request, void *userdata)
{
    const Host *host = host_of(request);
    HostHold *hold = host ? find(userdata, host) : NULL;
    bool needs_capabilities =
        request->method && (request->method->flags & METHOD_NEEDS_CAPABILITIES);
    if (!hold || !(hold->awaiting_connection || (needs_capabilities && awaits_capabilities(hold))))
        return false;
    if (hold->overdue && !hold->awaiting_connection)
        refuse(hold, request);
    else if (hold->held->len < MAX_HELD)
        g_ptr_array_add(hold->held, request);
    else
        request_refuse(request, DOMWRIGHT_ERROR_BUSY,
                       "Too many calls wait for this host; try again later.");
    return true;
}
