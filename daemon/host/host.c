/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens when a connection is made, lost, or has an event. The order after it was made:
 * domains, events that came meanwhile, documents of a few domains, then the rest and capabilities.
 */
#include "host/host.h"

#include "base/error.h"

/* With few domains, the first calls wait until all documents (and so the titles) are read. */
#define FEW_DOMAINS 200
/* With more, reading begins when the first list of them is on its way. */
#define REST_DELAY (USEC_PER_SEC / 50)

/* ---- Telling listeners ---- */

static int tell_added(Host *host)
{
    const GArray *listeners = host->context->host_listeners;
    int r = 0;
    for (guint i = 0; r >= 0 && i < listeners->len; i++) {
        const HostListener *listener = &g_array_index(listeners, HostListener, i);
        if (listener->added)
            r = listener->added(host, listener->data);
    }
    return r;
}

static void tell_removed(Host *host)
{
    const GArray *listeners = host->context->host_listeners;
    for (guint i = 0; i < listeners->len; i++) {
        const HostListener *listener = &g_array_index(listeners, HostListener, i);
        if (listener->removed)
            listener->removed(host, listener->data);
    }
}

static void tell_ready(Host *host, HostReady what)
{
    const GArray *listeners = host->context->host_listeners;
    for (guint i = 0; i < listeners->len; i++) {
        const HostListener *listener = &g_array_index(listeners, HostListener, i);
        if (listener->ready)
            listener->ready(host, what, listener->data);
    }
}

static void tell_all_ready(Host *host)
{
    tell_ready(host, HOST_READY_CONNECTION);
    tell_ready(host, HOST_READY_CAPABILITIES);
}

static void tell_properties(const Host *host, const char *const *names)
{
    const GArray *listeners = host->context->host_listeners;
    for (guint i = 0; i < listeners->len; i++) {
        const HostListener *listener = &g_array_index(listeners, HostListener, i);
        if (listener->properties_changed)
            listener->properties_changed(host, names, listener->data);
    }
}

static void tell_connection(const Host *host)
{
    static const char *const names[] = {"Connected", "Hostname", "LibvirtVersion",
                                        "HypervisorVersion", NULL};
    tell_properties(host, names);
}

/* ---- What the parts tell ---- */

static void on_connected(const GPtrArray *domains, bool first, void *userdata)
{
    Host *host = userdata;
    host_queue_open(host->queue);
    inventory_resync(host->inventory, domains, first);
    history_keeper_resync(host->keeper);
    pending_keeper_resync(host->pending);
}

static void on_caught_up(guint domain_count, bool first, void *userdata)
{
    Host *host = userdata;
    bool many = domain_count > FEW_DOMAINS;
    if (!first)
        tell_connection(host);
    if (many || !document_reader_read(host->reader))
        tell_ready(host, HOST_READY_CONNECTION);
    need_memory(sd_event_source_set_time_relative(host->rest_timer, many ? REST_DELAY : 0));
    need_memory(sd_event_source_set_enabled(host->rest_timer, SD_EVENT_ONESHOT));
}

static void on_lost(bool was_connected, GPtrArray *closing, void *userdata)
{
    Host *host = userdata;
    host_queue_close(host->queue, closing);
    if (was_connected)
        tell_connection(host);
    tell_all_ready(host);
}

static void on_late(void *userdata)
{
    Host *host = userdata;
    if (!connector_is_connected(host->connector))
        tell_ready(host, HOST_READY_CAPABILITIES);
    tell_ready(host, HOST_READY_CONNECTION);
}

static void on_event(const VirtEvent *event, void *userdata)
{
    Host *host = userdata;
    inventory_event(host->inventory, event);
    document_reader_read(host->reader);
    document_reader_read_live(host->reader);
}

static void on_documents_read(void *userdata)
{
    Host *host = userdata;
    tell_ready(host, HOST_READY_CONNECTION);
    pending_keeper_caught_up(host->pending);
}

static void on_polled(bool hypervisor_changed, bool late, void *userdata)
{
    static const char *const names[] = {"HypervisorVersion", NULL};
    if (hypervisor_changed)
        tell_properties(userdata, names);
    tell_ready(userdata, late ? HOST_NO_CAPABILITIES : HOST_READY_CAPABILITIES);
}

/* What a lane held up, or what was found to be news. */
static void on_to_be_read(void *userdata)
{
    host_read(userdata);
}

static int on_rest(sd_event_source *source, uint64_t usec, void *userdata)
{
    Host *host = userdata;
    if (!document_reader_read(host->reader))
        pending_keeper_caught_up(host->pending);
    document_reader_read_live(host->reader);
    poll_learn(host->poll);
    return 0;
}

/* ---- Life ---- */

static int on_read(sd_event_source *source, void *userdata)
{
    Host *host = userdata;
    document_reader_read(host->reader);
    document_reader_read_live(host->reader);
    return 0;
}

static int add_read_source(Host *host)
{
    int r = sd_event_add_defer(host->context->event, &host->read_source, on_read, host);
    return r < 0 ? r : sd_event_source_set_enabled(host->read_source, SD_EVENT_OFF);
}

static int add_rest_timer(Host *host)
{
    int r = sd_event_add_time(host->context->event, &host->rest_timer, CLOCK_MONOTONIC, 0, 0,
                              on_rest, host);
    return r < 0 ? r : sd_event_source_set_enabled(host->rest_timer, SD_EVENT_OFF);
}

Host *host_new(HostContext *context, const char *name, const char *uri, GError **error)
{
    Host *host = g_new0(Host, 1);
    *host = (Host){.object = {OBJECT_HOST}, .context = context};
    ConnectorListener listener = {host, on_connected, on_caught_up, on_lost, on_late, on_event};
    host->name = g_strdup(name);
    host->uri = g_strdup(uri);
    host->path = g_strconcat(DOMWRIGHT_HOST_PREFIX, name, NULL);
    host->capabilities = capabilities_cache_new(uri);
    host->watch = definition_watch_new();
    host->removals = removal_watch_new();
    host->connector = connector_new(context, uri, host->watch, host->removals, &listener);
    host->queue = host_queue_new(context, host->name, uri, host->connector);
    host->inventory = inventory_new(host, host->path, context->inventory_listeners);
    host->keeper = history_keeper_new(context, name, uri, host->inventory, host->queue);
    host->pending =
        pending_keeper_new(context, name, uri, host->inventory, host->queue, on_to_be_read, host);
    host->reader =
        document_reader_new(host->inventory, host->queue, host->keeper, on_documents_read, host);
    host->poll = poll_new(host->inventory, host->queue, host->capabilities, on_polled, host);
    host->questions = questions_new(host->queue, host->capabilities);
    host->sweep = sweep_new(context, host->inventory, host->reader);
    int r = host->connector && host->sweep ? add_rest_timer(host) : -ENOMEM;
    if (r >= 0)
        r = add_read_source(host);
    if (r >= 0)
        r = tell_added(host);
    if (r < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Host %s: %s.", name, g_strerror(-r));
        tell_removed(host);
        host_free(host);
        return NULL;
    }
    connector_start(host->connector);
    return host;
}

void host_read(Host *host)
{
    need_memory(sd_event_source_set_enabled(host->read_source, SD_EVENT_ONESHOT));
}

void host_idle(Host *host)
{
    host_queue_idle(host->queue);
    document_reader_read(host->reader); /* what could not be read before */
    poll_now(host->poll);
    history_keeper_idle(host->keeper);
    value_cache_idle(host->inventory->values);
}

void host_retire(Host *host)
{
    host_queue_retire(host->queue);
    tell_all_ready(host);
    tell_removed(host);
}

void host_cancel_waiting(Host *host)
{
    tell_all_ready(host);
    host_queue_cancel_waiting(host->queue);
}

bool host_stop(Host *host)
{
    GPtrArray *closing = g_ptr_array_new();
    connector_stop(host->connector, closing);
    host_queue_close(host->queue, closing);
    connections_close(host->context, closing);
    return host_queue_stop(host->queue);
}

void host_free(Host *host)
{
    sd_event_source_disable_unref(host->read_source);
    sd_event_source_unref(host->rest_timer);
    poll_free(host->poll);
    questions_free(host->questions);
    sweep_free(host->sweep);
    document_reader_free(host->reader);
    pending_keeper_free(host->pending);
    history_keeper_free(host->keeper);
    host_queue_free(host->queue);
    connector_free(host->connector);
    inventory_free(host->inventory);
    capabilities_cache_unref(host->capabilities);
    definition_watch_unref(host->watch);
    removal_watch_unref(host->removals);
    g_free(host->name);
    g_free(host->uri);
    g_free(host->path);
    g_free(host);
}
