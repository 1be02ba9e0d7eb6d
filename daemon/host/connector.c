/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connecting: virConnectOpen() blocks without a timeout, so each attempt runs in its own thread,
 * which also lists the domains. The main thread then takes over what it brought. Closing can block
 * too and gets a thread of its own.
 */
#include "host/connector.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/error.h"

/* How long calls wait for the first connection of all. A local libvirt may have to be started for
 * it, and asks each QEMU what it can do when that is its first time. */
#define FIRST_TIMEOUT       (3 * USEC_PER_SEC)
#define FIRST_TIMEOUT_LOCAL (15 * USEC_PER_SEC)
/* Between attempts, doubling. */
#define MIN_BACKOFF (USEC_PER_SEC / 10)
#define MAX_BACKOFF (5 * USEC_PER_SEC)

/* The way from libvirt's thread to the connector, which may be gone when an event arrives. */
typedef struct {
    atomic_uint references;
    Mailbox *mailbox;
    DefinitionWatch *watch;
    RemovalWatch *removals;
    Connector *connector; /* main thread only; NULL: nobody listens any more */
} EventSource;

/* A thread that opens a connection, or only closes some. */
typedef struct {
    HostContext *context; /* main thread only, like connector */
    Connector *connector; /* NULL: given up */
    Mailbox *mailbox;
    char *uri; /* NULL: opens none */
    EventSource *source;
    GPtrArray *closing; /* of Virt, or NULL */
    Virt *opened;
    char *hostname;
    uint64_t version;
    GPtrArray *domains;
    GError *error;
} Attempt;

typedef enum { CONNECTING_FIRST, CONNECTED, LOST } ConnectionState;

struct Connector {
    HostContext *context;
    char *uri;
    DefinitionWatch *watch;
    RemovalWatch *removals;
    ConnectorListener listener;
    ConnectionState state;
    char *reason; /* NULL: connecting */
    char *hostname;
    uint64_t version;
    Virt *virt; /* the connection that listens for events; NULL: none */
    Attempt *attempt;
    EventSource *source;
    GQueue events_before_list; /* of VirtEvent: they came before the list of domains */
    uint64_t backoff;
    sd_event_source *reconnect_timer, *first_timer;
};

static void start_attempt(Connector *connector);

/* ---- Events ---- */

static void source_unref(void *userdata)
{
    EventSource *source = userdata;
    if (!source || atomic_fetch_sub(&source->references, 1) != 1)
        return;
    definition_watch_unref(source->watch);
    removal_watch_unref(source->removals);
    g_free(source);
}

static EventSource *source_ref(EventSource *source)
{
    atomic_fetch_add(&source->references, 1);
    return source;
}

static EventSource *source_new(Connector *connector)
{
    EventSource *source = g_new0(EventSource, 1);
    *source = (EventSource){.mailbox = connector->context->mailbox,
                            .watch = definition_watch_ref(connector->watch),
                            .removals = removal_watch_ref(connector->removals),
                            .connector = connector};
    atomic_init(&source->references, 1);
    return source;
}

typedef struct {
    EventSource *source;
    VirtEvent *event;
} EventMessage;

static void lose(Connector *connector, const char *reason);

static void handle_event(Connector *connector, const VirtEvent *event)
{
    if (event->type == VIRT_EVENT_CLOSED)
        lose(connector, "the connection was closed");
    else
        connector->listener.event(event, connector->listener.data);
}

static void on_event_message(void *data)
{
    g_autofree EventMessage *message = data;
    Connector *connector = message->source->connector;
    if (connector && connector->state == CONNECTED)
        handle_event(connector, message->event);
    else if (connector)
        g_queue_push_tail(&connector->events_before_list, g_steal_pointer(&message->event));
    virt_event_free(message->event);
    source_unref(message->source);
}

/* On libvirt's thread. */
static void post_event(VirtEvent *event, void *userdata)
{
    EventSource *source = userdata;
    if (event->type == VIRT_EVENT_DEFINED || event->type == VIRT_EVENT_METADATA)
        definition_watch_count(source->watch, event->uuid);
    else if (event->type == VIRT_EVENT_DEVICE_REMOVED || event->type == VIRT_EVENT_REMOVAL_REFUSED)
        removal_answered(source->removals, event->uuid, event->alias,
                         event->type == VIRT_EVENT_REMOVAL_REFUSED);
    else if (event->type == VIRT_EVENT_STOPPED)
        removal_all_gone(source->removals, event->uuid);
    EventMessage *message = g_new(EventMessage, 1);
    *message = (EventMessage){source_ref(source), event};
    mailbox_post(source->mailbox, on_event_message, message);
}

static void drop_source(Connector *connector)
{
    VirtEvent *event;
    if (connector->source)
        connector->source->connector = NULL;
    g_clear_pointer(&connector->source, source_unref);
    while ((event = g_queue_pop_head(&connector->events_before_list)))
        virt_event_free(event);
}

/* ---- Threads that open and close ---- */

static void attempt_free(Attempt *attempt)
{
    g_free(attempt->uri);
    source_unref(attempt->source);
    g_free(attempt->hostname);
    g_clear_pointer(&attempt->closing, g_ptr_array_unref);
    g_clear_pointer(&attempt->domains, g_ptr_array_unref);
    g_clear_error(&attempt->error);
    g_free(attempt);
}

static void on_attempt(void *data);

static void *run_attempt(void *userdata)
{
    Attempt *attempt = userdata;
    for (guint i = 0; attempt->closing && i < attempt->closing->len; i++)
        virt_close(attempt->closing->pdata[i]);
    if (attempt->uri) {
        attempt->opened = virt_open(attempt->uri, post_event, source_ref(attempt->source),
                                    source_unref, &attempt->error);
        if (attempt->opened) {
            attempt->hostname = virt_hostname(attempt->opened);
            attempt->version = virt_version(attempt->opened);
            attempt->domains = virt_list(attempt->opened, &attempt->error);
        }
        if (!attempt->domains)
            virt_close(g_steal_pointer(&attempt->opened));
    }
    mailbox_post(attempt->mailbox, on_attempt, attempt);
    return NULL;
}

static bool launch(Attempt *attempt)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_attempt, attempt) != 0)
        return false;
    pthread_detach(thread);
    attempt->context->connecting++;
    return true;
}

void connections_close(HostContext *context, GPtrArray *connections)
{
    Attempt *attempt = g_new0(Attempt, 1);
    *attempt = (Attempt){.context = context, .mailbox = context->mailbox, .closing = connections};
    if (connections->len == 0 || !launch(attempt))
        attempt_free(attempt);
}

/* ---- Connecting ---- */

static int on_reconnect(sd_event_source *source, uint64_t usec, void *userdata)
{
    start_attempt(userdata);
    return 0;
}

static void schedule_attempt(Connector *connector)
{
    HostContext *context = connector->context;
    if (context->stopping)
        return;
    connector->reconnect_timer = sd_event_source_unref(connector->reconnect_timer);
    need_memory(sd_event_add_time_relative(context->event, &connector->reconnect_timer,
                                           CLOCK_MONOTONIC, connector->backoff, 0, on_reconnect,
                                           connector));
    connector->backoff = MIN(connector->backoff * 2, MAX_BACKOFF);
}

static void start_attempt(Connector *connector)
{
    connector->reconnect_timer = sd_event_source_unref(connector->reconnect_timer);
    drop_source(connector);
    connector->source = source_new(connector);
    Attempt *attempt = g_new0(Attempt, 1);
    *attempt = (Attempt){
        .context = connector->context,
        .mailbox = connector->context->mailbox,
        .connector = connector,
        .uri = g_strdup(connector->uri),
        .source = source_ref(connector->source),
    };
    connector->attempt = attempt;
    if (launch(attempt))
        return;
    connector->attempt = NULL;
    attempt_free(attempt);
    schedule_attempt(connector);
}

static void set_reason(Connector *connector, const char *reason)
{
    g_free(connector->reason);
    connector->reason = g_strdup(reason);
}

static void lose(Connector *connector, const char *reason)
{
    GPtrArray *closing = g_ptr_array_new();
    bool was_connected = connector->state == CONNECTED;
    set_reason(connector, reason);
    connector->state = LOST;
    if (connector->virt)
        g_ptr_array_add(closing, g_steal_pointer(&connector->virt));
    /* Not at once: a libvirtd that is shutting down still accepts connections. */
    if (was_connected)
        connector->backoff = MIN_BACKOFF;
    connector->listener.lost(was_connected, closing, connector->listener.data);
    connections_close(connector->context, closing);
    schedule_attempt(connector);
}

static int on_first_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
    Connector *connector = userdata;
    if (connector->state == CONNECTING_FIRST) {
        connector->state = LOST;
        set_reason(connector, "libvirt has not answered yet");
    }
    connector->listener.late(connector->listener.data);
    return 0;
}

static void adopt(Connector *connector, Attempt *attempt)
{
    const ConnectorListener *listener = &connector->listener;
    bool first = connector->state == CONNECTING_FIRST;
    connector->virt = g_steal_pointer(&attempt->opened);
    g_free(connector->hostname);
    connector->hostname = g_steal_pointer(&attempt->hostname);
    connector->version = attempt->version;
    connector->backoff = MIN_BACKOFF;
    connector->state = CONNECTED;
    set_reason(connector, NULL);
    listener->connected(attempt->domains, first, listener->data);
    GQueue early = connector->events_before_list;
    g_queue_init(&connector->events_before_list);
    for (VirtEvent *event; (event = g_queue_pop_head(&early)); virt_event_free(event)) {
        if (connector->state == CONNECTED)
            handle_event(connector, event);
    }
    if (connector->state == CONNECTED)
        listener->caught_up(attempt->domains->len, first, listener->data);
}

static void on_attempt(void *data)
{
    Attempt *attempt = data;
    Connector *connector = attempt->connector;
    attempt->context->connecting--;
    if (connector) {
        connector->attempt = NULL;
        if (attempt->domains)
            adopt(connector, attempt);
        else
            lose(connector, attempt->error->message);
    } else {
        GPtrArray *connections = g_ptr_array_new();
        if (attempt->opened)
            g_ptr_array_add(connections, g_steal_pointer(&attempt->opened));
        connections_close(attempt->context, connections);
    }
    attempt_free(attempt);
}

/* ---- Interface ---- */

Connector *connector_new(HostContext *context, const char *uri, DefinitionWatch *watch,
                         RemovalWatch *removals, const ConnectorListener *listener)
{
    bool is_local = g_str_has_prefix(uri, "qemu:///");
    Connector *connector = g_new0(Connector, 1);
    *connector = (Connector){.context = context, .listener = *listener, .backoff = MIN_BACKOFF};
    connector->uri = g_strdup(uri);
    connector->watch = definition_watch_ref(watch);
    connector->removals = removal_watch_ref(removals);
    if (sd_event_add_time_relative(context->event, &connector->first_timer, CLOCK_MONOTONIC,
                                   is_local ? FIRST_TIMEOUT_LOCAL : FIRST_TIMEOUT, 0,
                                   on_first_timeout, connector) >= 0)
        return connector;
    connector_free(connector);
    return NULL;
}

void connector_start(Connector *connector)
{
    start_attempt(connector);
}

void connector_stop(Connector *connector, GPtrArray *closing)
{
    connector->reconnect_timer = sd_event_source_unref(connector->reconnect_timer);
    drop_source(connector);
    if (connector->attempt)
        connector->attempt->connector = NULL;
    connector->attempt = NULL;
    connector->state = LOST;
    if (connector->virt)
        g_ptr_array_add(closing, g_steal_pointer(&connector->virt));
}

void connector_free(Connector *connector)
{
    if (!connector)
        return;
    drop_source(connector);
    sd_event_source_unref(connector->reconnect_timer);
    sd_event_source_unref(connector->first_timer);
    definition_watch_unref(connector->watch);
    removal_watch_unref(connector->removals);
    g_free(connector->uri);
    g_free(connector->reason);
    g_free(connector->hostname);
    g_free(connector);
}

bool connector_is_connected(const Connector *connector)
{
    return connector->state == CONNECTED;
}

const char *connector_reason(const Connector *connector)
{
    return connector->reason ? connector->reason : "connecting";
}

const char *connector_hostname(const Connector *connector)
{
    return connector->hostname ? connector->hostname : "";
}

uint64_t connector_version(const Connector *connector)
{
    return connector->version;
}
