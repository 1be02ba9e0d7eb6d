/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting the parts together: bus, name, hosts, signals of the system, and an orderly end. */
#include "service.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "api/domain-list.h"
#include "api/object-tree.h"
#include "api/read-check.h"
#include "api/revision-property.h"
#include "api/signals.h"
#include "api/startup-hold.h"
#include "base/error.h"
#include "base/log.h"
#include "calls/audit.h"
#include "calls/call-life.h"
#include "calls/group.h"
#include "calls/wait.h"
#include "drafts/drafts.h"
#include "inventory/revision.h"
#include "operations/validation.h"

#define DOCUMENT_THREADS 2
#define DOCUMENT_QUEUE   256

/* Between looks for what has not been used: the schema, drafts. */
#define IDLE_INTERVAL (60 * USEC_PER_SEC)
/* The longest a stop waits for tasks that are running. */
#define STOP_TIMEOUT (15 * USEC_PER_SEC)
#define STOP_LOOK    (USEC_PER_SEC / 20)

/* ---- The bus ---- */

static int open_bus(const Configuration *configuration, sd_bus **ret)
{
    if (configuration->bus == BUS_SYSTEM)
        return sd_bus_open_system_with_description(ret, "domwrightd");
    if (configuration->bus == BUS_SESSION)
        return sd_bus_open_user_with_description(ret, "domwrightd");
    sd_bus *bus = NULL;
    int r = sd_bus_new(&bus);
    if (r >= 0)
        r = sd_bus_set_address(bus, configuration->address);
    if (r >= 0)
        r = sd_bus_set_bus_client(bus, true);
    if (r >= 0)
        r = sd_bus_start(bus);
    if (r < 0)
        sd_bus_unref(bus);
    else
        *ret = bus;
    return r;
}

static bool fail(GError **error, const char *what, int r)
{
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s: %s.", what, g_strerror(-r));
    return false;
}

/* The usual cause: a policy names a user, and the bus drops what is for one it does not know. */
static bool own_name(Server *server, GError **error)
{
    int r = sd_bus_request_name(server->bus, DOMWRIGHT_BUS_NAME, 0);
    if (r >= 0)
        return true;
    if (r != -EACCES)
        return fail(error, "Cannot own " DOMWRIGHT_BUS_NAME, r);
    g_set_error_literal(
        error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
        "Cannot own " DOMWRIGHT_BUS_NAME ": no policy of the bus allows it to this user; where the "
        "user was made after the bus had read them, reload it: systemctl reload dbus.");
    return false;
}

static void on_sender_left(const char *sender, void *userdata)
{
    Server *server = userdata;
    calls_forget(server, sender);
    groups_forget(server, sender);
    bulk_queue_forget(server->bulk_queue, sender);
    large_queue_forget(server->large_queue, sender);
    rate_limit_forget(server->requests.rate_limit, sender);
    if (server->requests.policy)
        policy_forget(server->requests.policy, sender);
}

static void add_steps(Server *server)
{
    Filter *filter = server->filter;
    object_tree_add_interfaces(filter);
    filter_add_step(filter, startup_hold_step, server->startup_hold);
    filter_add_step(filter, large_queue_step, server->large_queue);
    filter_add_step(filter, bulk_queue_step, server->bulk_queue);
    filter_add_step(filter, domain_list_step, NULL);
    filter_add_step(filter, revision_property_step, NULL);
    filter_add_step(filter, read_check_step, server->requeue);
}

/* The way of a message to its handler. */
static bool serve(Server *server, GError **error)
{
    bool has_policy = server->configuration->bus == BUS_SYSTEM;
    Requests *requests = &server->requests;
    int r = -ENOMEM;
    requests->server = server;
    requests->quota = quota_new(has_policy ? &server->configuration->limits.calls_per_user : NULL);
    requests->byte_limit = has_policy ? byte_limit_new(BYTE_LIMIT_RATE, BYTE_LIMIT_FREE) : NULL;
    requests->rate_limit = rate_limit_new(server->bus, server->event, requests->byte_limit);
    server->requeue = requeue_new(server->bus);
    server->bulk_queue = bulk_queue_new(server->bus, server->event, requests->byte_limit,
                                        server->requeue, domain_list_is_long);
    server->large_queue = large_queue_new(server->event, requests->byte_limit, server->requeue);
    server->startup_hold = startup_hold_new(server->requeue);
    server->audit = audit_new(server->event);
    server->senders = senders_new(server->bus, &r);
    if (server->senders)
        server->filter = filter_new(server->bus, requests, server->senders, server->requeue, &r);
    if (!requests->rate_limit || !server->bulk_queue || !server->large_queue || !server->audit ||
        !server->filter)
        return fail(error, "Cannot serve on the bus", r);
    senders_on_left(server->senders, on_sender_left, server);
    add_steps(server);
    if (has_policy)
        requests->policy = policy_new(server->bus, server->event, error);
    return !has_policy || requests->policy;
}

static bool connect_bus(Server *server, GError **error)
{
    int r = open_bus(server->configuration, &server->bus);
    if (r < 0)
        return fail(error, "Cannot connect to the bus", r);
    r = sd_bus_attach_event(server->bus, server->event, SD_EVENT_PRIORITY_NORMAL);
    if (r >= 0)
        r = sd_bus_set_exit_on_disconnect(server->bus, true);
    if (r >= 0)
        r = object_tree_register(server);
    if (r < 0)
        return fail(error, "Cannot serve on the bus", r);
    return serve(server, error);
}

/* ---- Hosts ---- */

/* Before a host is made. The object tree comes first: what others tell of has a path by then. */
static void add_listeners(Server *server)
{
    Hosts *hosts = server->hosts;
    HostListener tree = object_tree_host_listener(server), signals = signals_host_listener(server),
                 hold = startup_hold_listener(server->startup_hold);
    InventoryListener inventory_signals = signals_inventory_listener(server),
                      drafts = drafts_inventory_listener(server->drafts),
                      waits = waits_inventory_listener(server);
    hosts_add_listener(hosts, &tree);
    hosts_add_listener(hosts, &signals);
    hosts_add_listener(hosts, &hold);
    hosts_add_inventory_listener(hosts, &inventory_signals);
    hosts_add_inventory_listener(hosts, &drafts);
    hosts_add_inventory_listener(hosts, &waits);
}

/* ---- Signals and timers ---- */

static void report_not_reloaded(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    for (char **line = lines; *line; line++)
        log_line("Not reloaded: %s", *line);
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
    Server *server = userdata;
    g_autoptr(GError) error = NULL;
    sd_notify(0, "RELOADING=1");
    if (!configuration_load(server->configuration, &error) ||
        !hosts_load(server->hosts, server->configuration->hosts, &error))
        report_not_reloaded(error);
    else
        hosts_set_history(server->hosts, server->configuration->state_directory,
                          &server->configuration->history);
    hosts_poll(server->hosts);
    need_memory(sd_bus_emit_properties_changed(server->bus, DOMWRIGHT_PATH,
                                               DOMWRIGHT_MANAGER_INTERFACE, "Hosts", NULL));
    sd_notify(0, "READY=1");
    return 0;
}

static int on_idle_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    Server *server = userdata;
    validation_idle();
    drafts_expire(server->drafts);
    hosts_idle(server->hosts);
    malloc_trim(0); /* what the schema leaves lies between things that are kept */
    sd_event_source_set_time_relative(source, IDLE_INTERVAL);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* What was sent to the name before it was given up has arrived now, and is read before the timer's
 * turn comes again. */
static int on_released(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    Server *server = userdata;
    server->released = true;
    sd_event_source_set_priority(server->stop_timer, SD_EVENT_PRIORITY_IDLE);
    sd_event_source_set_time_relative(server->stop_timer, 0);
    return sd_event_source_set_enabled(server->stop_timer, SD_EVENT_ONESHOT);
}

static int on_stop_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    Server *server = userdata;
    uint64_t now;
    sd_event_now(server->event, CLOCK_MONOTONIC, &now);
    bool finished = server->requests.pending == 0 || now >= server->stop_deadline;
    if (finished && !server->released &&
        sd_bus_release_name_async(server->bus, NULL, DOMWRIGHT_BUS_NAME, on_released, server) >= 0)
        return 0;
    if (finished) {
        sd_bus_flush(server->bus);
        return sd_event_exit(server->event, 0);
    }
    sd_event_source_set_time_relative(source, STOP_LOOK);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* What is running finishes and is answered; what has not started is refused. */
static int on_terminate(sd_event_source *source, const struct signalfd_siginfo *info,
                        void *userdata)
{
    Server *server = userdata;
    if (server->stopping)
        return 0;
    server->stopping = true;
    filter_stop(server->filter);
    large_queue_end(server->large_queue);
    bulk_queue_end(server->bulk_queue);
    sd_notify(0, "STOPPING=1");
    hosts_cancel_waiting(server->hosts);
    waits_end(server);
    task_pool_cancel_waiting(server->document_pool);
    if (server->requests.policy)
        policy_forget(server->requests.policy, NULL);
    rate_limit_flush(server->requests.rate_limit);
    uint64_t now;
    sd_event_now(server->event, CLOCK_MONOTONIC, &now);
    server->stop_deadline = now + STOP_TIMEOUT;
    return need_memory(sd_event_add_time_relative(server->event, &server->stop_timer,
                                                  CLOCK_MONOTONIC, 0, USEC_PER_SEC / 1000,
                                                  on_stop_timer, server));
}

static int watch(Server *server)
{
    int r = sd_event_add_signal(server->event, NULL, SIGTERM, on_terminate, server);
    if (r >= 0)
        r = sd_event_add_signal(server->event, NULL, SIGINT, on_terminate, server);
    if (r >= 0)
        r = sd_event_add_signal(server->event, NULL, SIGHUP, on_reload, server);
    if (r >= 0)
        r = sd_event_add_time_relative(server->event, &server->idle_timer, CLOCK_MONOTONIC,
                                       IDLE_INTERVAL, 0, on_idle_timer, server);
    if (r >= 0)
        r = sd_event_set_watchdog(server->event, true);
    return r;
}

/* ---- Life ---- */

/* A state directory that cannot be had is no reason not to serve: then nothing outlives us. */
static void prepare_directory(char **path, const char *consequence)
{
    struct stat status;
    if (!*path)
        return;
    if (g_mkdir_with_parents(*path, 0700) < 0 || stat(*path, &status) < 0 ||
        !S_ISDIR(status.st_mode) || access(*path, W_OK | X_OK) < 0) {
        log_line("Directory %s cannot be used: %s.", *path, consequence);
        g_clear_pointer(path, g_free);
    }
}

Server *server_new(Configuration *configuration)
{
    Server *server = g_new0(Server, 1);
    *server = (Server){.object = {OBJECT_MANAGER}, .configuration = configuration};
    return server;
}

bool server_start(Server *server, GError **error)
{
    Configuration *configuration = server->configuration;
    prepare_directory(&configuration->runtime_directory, "drafts will not survive a restart");
    prepare_directory(&configuration->state_directory, "no history of domains is kept");
    int r = sd_event_default(&server->event);
    if (r >= 0)
        r = watch(server);
    if (r >= 0)
        r = mailbox_new(server->event, &server->mailbox);
    if (r < 0)
        return fail(error, "Cannot start", r);
    server->hosts = hosts_new(server->event, server->mailbox);
    hosts_set_history(server->hosts, configuration->state_directory, &configuration->history);
    server->document_pool =
        task_pool_new(server->event, server->mailbox, DOCUMENT_THREADS, DOCUMENT_QUEUE, NULL);
    if (!revision_load(configuration->state_directory, configuration->runtime_directory, error) ||
        !connect_bus(server, error))
        return false;
    DraftListener signals = signals_draft_listener(server);
    server->drafts =
        drafts_new(configuration->runtime_directory, &server->configuration->limits, &signals);
    add_listeners(server);
    if (!hosts_load(server->hosts, configuration->hosts, error))
        return false;
    if (!own_name(server, error))
        return false;
    sd_notify(0, "READY=1");
    return true;
}

int server_run(Server *server)
{
    int r = sd_event_loop(server->event);
    return r < 0 ? 1 : r;
}

bool server_free(Server *server)
{
    server->stopping = true;
    large_queue_free(server->large_queue);
    bulk_queue_free(server->bulk_queue); /* its lists count as calls on hosts */
    bool stopped = !server->hosts || hosts_stop(server->hosts);
    if (server->document_pool)
        stopped = task_pool_stop(server->document_pool) && stopped;
    if (!stopped)
        return false;
    if (server->mailbox)
        mailbox_drain(server->mailbox);
    if (server->host_slots)
        g_hash_table_unref(server->host_slots);
    hosts_free(server->hosts);
    startup_hold_free(server->startup_hold);
    audit_free(server->audit);
    task_pool_free(server->document_pool);
    drafts_free(server->drafts);
    for (gsize i = 0; i < G_N_ELEMENTS(server->slots); i++)
        sd_bus_slot_unref(server->slots[i]);
    filter_free(server->filter);
    requeue_free(server->requeue);
    senders_free(server->senders);
    policy_free(server->requests.policy);
    rate_limit_free(server->requests.rate_limit);
    byte_limit_free(server->requests.byte_limit);
    quota_free(server->requests.quota);
    sd_bus_flush_close_unref(server->bus);
    mailbox_free(server->mailbox);
    sd_event_source_unref(server->idle_timer);
    sd_event_source_unref(server->stop_timer);
    sd_event_unref(server->event);
    g_free(server);
    return true;
}
