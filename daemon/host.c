/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a connection. One thread an attempt opens it and lists the domains; the main thread
 * then takes over what it brought. virConnectOpen has no timeout, so an attempt may last as long as
 * it likes: nobody waits for it but the next attempt. Connections are left on threads of their own,
 * too.
 */
#include "host.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "errors.h"
#include "inventory.h"
#include "live.h"

#define MAX_THREADS 4
#define MAX_QUEUE   256

/* How long calls wait for the first connection of all. */
#define FIRST_TIMEOUT (3 * USEC_PER_SEC)
/* Seconds between attempts, doubling. */
#define MIN_BACKOFF (USEC_PER_SEC / 10)
#define MAX_BACKOFF (5 * USEC_PER_SEC)
/* With no more domains than this, those calls also wait until all documents are known. */
#define PATIENT_DOMAINS 200
/* With more, what there is to read of them begins when the first list is on its way. */
#define REST_DELAY (USEC_PER_SEC / 50)

/* The way from libvirt's thread to the host, which may be gone when a letter arrives. */
struct Feed {
    atomic_uint references;
    Mailbox *mailbox;
    Witnesses *witnesses;
    Host *host; /* main thread only; NULL: nobody listens any more */
};

struct Attempt {
    Server *server; /* main thread only, like host */
    Host *host;     /* NULL: given up */
    Mailbox *mailbox;
    char *uri;
    Feed *feed;
    GPtrArray *old; /* of Virt, to be closed */
    Virt *opened;
    char *hostname;
    uint64_t libvirt;
    GPtrArray *domains;
    GError *error;
};

static void start_attempt(Host *host);

/* ---- Events ---- */

static void feed_unref(void *userdata)
{
    Feed *feed = userdata;
    if (!feed || atomic_fetch_sub(&feed->references, 1) != 1)
        return;
    witnesses_unref(feed->witnesses);
    g_free(feed);
}

static Feed *feed_ref(Feed *feed)
{
    atomic_fetch_add(&feed->references, 1);
    return feed;
}

typedef struct {
    Feed *feed;
    VirtEvent *event;
} EventLetter;

static void lose(Host *host, const char *reason);

static void handle_event(Host *host, const VirtEvent *event)
{
    if (event->type == VIRT_EVENT_CLOSED)
        lose(host, "the connection was closed");
    else
        inventory_event(host, event);
}

static void on_event_letter(void *data)
{
    g_autofree EventLetter *letter = data;
    Host *host = letter->feed->host;
    if (host && host->feed == letter->feed && host->state == HOST_CONNECTED) {
        handle_event(host, letter->event);
    } else if (host && host->feed == letter->feed) {
        g_queue_push_tail(&host->early, g_steal_pointer(&letter->event));
    }
    virt_event_free(letter->event);
    feed_unref(letter->feed);
}

static void post_event(VirtEvent *event, void *userdata)
{
    Feed *feed = userdata;
    if (event->type == VIRT_EVENT_DEFINED || event->type == VIRT_EVENT_METADATA)
        witnesses_tell(feed->witnesses, event->uuid);
    EventLetter *letter = g_new(EventLetter, 1);
    *letter = (EventLetter){feed_ref(feed), event};
    mailbox_post(feed->mailbox, on_event_letter, letter);
}

static void clear_early(Host *host)
{
    VirtEvent *event;
    while ((event = g_queue_pop_head(&host->early)))
        virt_event_free(event);
}

static void drop_feed(Host *host)
{
    if (host->feed)
        host->feed->host = NULL;
    g_clear_pointer(&host->feed, feed_unref);
    clear_early(host);
}

/* ---- Connecting ---- */

static void attempt_free(Attempt *attempt)
{
    g_free(attempt->uri);
    feed_unref(attempt->feed);
    g_free(attempt->hostname);
    g_clear_pointer(&attempt->old, g_ptr_array_unref);
    g_clear_pointer(&attempt->domains, g_ptr_array_unref);
    g_clear_error(&attempt->error);
    g_free(attempt);
}

static void on_attempt(void *data);

static void *run_attempt(void *userdata)
{
    Attempt *attempt = userdata;
    for (guint i = 0; attempt->old && i < attempt->old->len; i++)
        virt_close(attempt->old->pdata[i]);
    if (attempt->uri) {
        attempt->opened = virt_open(attempt->uri, post_event, feed_ref(attempt->feed), feed_unref,
                                    &attempt->error);
        if (attempt->opened) {
            attempt->hostname = virt_hostname(attempt->opened);
            attempt->libvirt = virt_version(attempt->opened);
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
    attempt->server->connecting++;
    return true;
}

static int on_reconnect(sd_event_source *source, uint64_t usec, void *userdata)
{
    start_attempt(userdata);
    return 0;
}

static void schedule_attempt(Host *host)
{
    if (host->server->stopping)
        return;
    host->reconnect_timer = sd_event_source_unref(host->reconnect_timer);
    need_memory(sd_event_add_time_relative(host->server->event, &host->reconnect_timer,
                                           CLOCK_MONOTONIC, host->backoff, 0, on_reconnect, host));
    host->backoff = MIN(host->backoff * 2, MAX_BACKOFF);
}

static void start_attempt(Host *host)
{
    host->reconnect_timer = sd_event_source_unref(host->reconnect_timer);
    drop_feed(host);
    host->feed = g_new0(Feed, 1);
    *host->feed = (Feed){.mailbox = host->server->mailbox,
                         .witnesses = witnesses_ref(host->witnesses),
                         .host = host};
    atomic_init(&host->feed->references, 1);
    Attempt *attempt = g_new0(Attempt, 1);
    *attempt = (Attempt){
        .server = host->server,
        .mailbox = host->server->mailbox,
        .host = host,
        .uri = g_strdup(host->uri),
        .feed = feed_ref(host->feed),
    };
    host->attempt = attempt;
    if (launch(attempt))
        return;
    host->attempt = NULL;
    attempt_free(attempt);
    schedule_attempt(host);
}

/* Connections are given away to be closed, which may block. */
static void give_away(Server *server, GPtrArray *connections)
{
    Attempt *attempt = g_new0(Attempt, 1);
    *attempt = (Attempt){.server = server, .mailbox = server->mailbox, .old = connections};
    if (connections->len == 0 || !launch(attempt))
        attempt_free(attempt);
}

static void disconnect(Host *host)
{
    GPtrArray *connections = links_close(host->links);
    if (host->virt)
        g_ptr_array_add(connections, g_steal_pointer(&host->virt));
    give_away(host->server, connections);
}

static void emit_host_changed(Host *host)
{
    need_memory(sd_bus_emit_properties_changed(host->server->bus, host->path,
                                               DOMWRIGHT_HOST_INTERFACE, "Connected", "Hostname",
                                               "LibvirtVersion", "HypervisorVersion", NULL));
}

static void lose(Host *host, const char *reason)
{
    g_free(host->reason);
    host->reason = g_strdup(reason);
    bool was_connected = host->state == HOST_CONNECTED;
    host->state = HOST_LOST;
    job_pool_cancel_waiting(host->pool);
    /* The C library lets each thread keep what it has freed, a piece of each size after the other,
     * up to 236 KiB, and takes it back only when the thread ends. */
    job_pool_dismiss(host->pool);
    disconnect(host);
    if (was_connected) {
        emit_host_changed(host);
        host->backoff = MIN_BACKOFF; /* not at once: see links.c */
    }
    schedule_attempt(host);
    host_settle(host);
    host_learned(host);
}

static int on_first_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
    Host *host = userdata;
    if (host->state == HOST_FIRST) {
        host->state = HOST_LOST;
        g_free(host->reason);
        host->reason = g_strdup("libvirt has not answered yet");
        host_learned(host);
    }
    host_settle(host);
    return 0;
}

static void adopt(Host *host, Attempt *attempt)
{
    host->virt = g_steal_pointer(&attempt->opened);
    links_open(host->links);
    g_free(host->hostname);
    host->hostname = g_steal_pointer(&attempt->hostname);
    host->libvirt = attempt->libvirt;
    host->backoff = MIN_BACKOFF;
    bool first = host->state == HOST_FIRST;
    inventory_snapshot(host, attempt->domains);
    host->state = HOST_CONNECTED;
    g_clear_pointer(&host->reason, g_free);
    GQueue early = host->early;
    g_queue_init(&host->early);
    for (VirtEvent *event; (event = g_queue_pop_head(&early)); virt_event_free(event)) {
        if (host->state == HOST_CONNECTED)
            handle_event(host, event);
    }
    if (host->state != HOST_CONNECTED)
        return;
    if (!first)
        emit_host_changed(host);
    /* Titles are worth waiting for when they come at once. */
    bool many = attempt->domains->len > PATIENT_DOMAINS;
    if (many || !host_refresh(host))
        host_settle(host);
    need_memory(sd_event_source_set_time_relative(host->rest_timer, many ? REST_DELAY : 0));
    need_memory(sd_event_source_set_enabled(host->rest_timer, SD_EVENT_ONESHOT));
}

static int on_rest(sd_event_source *source, uint64_t usec, void *userdata)
{
    Host *host = userdata;
    host_refresh(host);
    live_read(host);
    host_learn(host);
    return 0;
}

static void on_attempt(void *data)
{
    Attempt *attempt = data;
    Host *host = attempt->host;
    attempt->server->connecting--;
    if (host) {
        host->attempt = NULL;
        if (attempt->domains)
            adopt(host, attempt);
        else
            lose(host, attempt->error->message);
    } else {
        GPtrArray *connections = g_ptr_array_new();
        if (attempt->opened)
            g_ptr_array_add(connections, g_steal_pointer(&attempt->opened));
        give_away(attempt->server, connections);
    }
    attempt_free(attempt);
}

/* ---- Jobs ---- */

bool host_submit(Host *host, const JobType *type, const char *key, uint64_t timeout_usec,
                 void *data, void *context, GError **error)
{
    if (host->state == HOST_CONNECTED && !host->retired)
        return job_submit(host->pool, type, key, timeout_usec, data, context, error);
    type->free(data);
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE, "host %s is not connected: %s",
                host->name,
                host->retired  ? "it is no longer configured"
                : host->reason ? host->reason
                               : "connecting");
    return false;
}

GError *host_job_error(const Host *host, JobEnd end)
{
    if (end == JOB_UNCERTAIN)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN,
                           "host %s did not answer in time; whether the change was made is not "
                           "known: read it back",
                           host->name);
    if (end == JOB_CANCELLED && host->server->stopping)
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY, "domwrightd is stopping");
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE, "host %s %s", host->name,
                       end == JOB_TIMEOUT ? "did not answer in time" : "is no longer connected");
}

/* ---- Coming and going ---- */

void host_idle(Host *host)
{
    give_away(host->server, links_sweep(host->links));
    host_refresh(host); /* what could not be read before */
    host_look(host);
}

static void unref_message(void *message)
{
    sd_bus_message_unref(message);
}

Host *host_new(Server *server, const char *name, const char *uri, GError **error)
{
    Host *host = g_new0(Host, 1);
    *host = (Host){.object = {OBJECT_HOST}, .server = server, .backoff = MIN_BACKOFF};
    host->settling = host->learning = true;
    host->name = g_strdup(name);
    host->uri = g_strdup(uri);
    host->path = g_strconcat(DOMWRIGHT_HOST_PREFIX, name, NULL);
    host->held = g_ptr_array_new_with_free_func(unref_message);
    host->facts = facts_new();
    host->witnesses = witnesses_new();
    host->links = links_new(uri);
    JobSource source = {links_take, links_give_back, host->links};
    host->pool = job_pool_new(server->event, server->mailbox, MAX_THREADS, MAX_QUEUE, &source);
    inventory_init(host);
    int r = objects_register_host(host);
    if (r >= 0)
        r = sd_event_add_time(server->event, &host->rest_timer, CLOCK_MONOTONIC, 0, 0, on_rest,
                              host);
    if (r >= 0)
        r = sd_event_source_set_enabled(host->rest_timer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time_relative(server->event, &host->first_timer, CLOCK_MONOTONIC,
                                       FIRST_TIMEOUT, 0, on_first_timeout, host);
    if (r < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "host %s: %s", name, g_strerror(-r));
        host_free(host);
        return NULL;
    }
    start_attempt(host);
    return host;
}

void host_retire(Host *host)
{
    GHashTableIter iter;
    const Domain *domain;
    host->retired = true;
    host_settle(host);
    host_learned(host);
    g_hash_table_iter_init(&iter, host->domains);
    while ((domain = inventory_next(&iter))) {
        g_autofree char *path = domain_path(domain);
        need_memory(sd_bus_emit_interfaces_removed(
            host->server->bus, path, DOMWRIGHT_DOMAIN_INTERFACE, DOMWRIGHT_CONFIG_INTERFACE, NULL));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(host->slots); i++)
        host->slots[i] = sd_bus_slot_unref(host->slots[i]);
}

bool host_stop(Host *host)
{
    host->reconnect_timer = sd_event_source_unref(host->reconnect_timer);
    drop_feed(host);
    if (host->attempt)
        host->attempt->host = NULL;
    host->attempt = NULL;
    host->state = HOST_LOST;
    disconnect(host);
    return job_pool_stop(host->pool);
}

void host_free(Host *host)
{
    for (gsize i = 0; i < G_N_ELEMENTS(host->slots); i++)
        sd_bus_slot_unref(host->slots[i]);
    drop_feed(host);
    sd_event_source_unref(host->reconnect_timer);
    sd_event_source_unref(host->first_timer);
    sd_event_source_unref(host->rest_timer);
    job_pool_free(host->pool);
    links_free(host->links);
    facts_unref(host->facts);
    witnesses_unref(host->witnesses);
    inventory_free(host);
    g_free(host->hostname);
    g_ptr_array_unref(host->held);
    g_queue_clear(&host->replay);
    g_free(host->name);
    g_free(host->uri);
    g_free(host->path);
    g_free(host->reason);
    g_free(host);
}
