/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting the parts together: bus, name, hosts, signals of the system, and an orderly end. */
#include "server.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "access.h"
#include "drafts.h"
#include "errors.h"
#include "host.h"
#include "long-calls.h"
#include "pace.h"
#include "policy.h"
#include "revision.h"
#include "verdict.h"

#define DESK_THREADS 2
#define DESK_QUEUE   256

/* Between looks for what has not been used: the schema, drafts. */
#define IDLE_INTERVAL (60 * USEC_PER_SEC)
/* The longest a stop waits for jobs that are running. */
#define STOP_TIMEOUT (15 * USEC_PER_SEC)
#define STOP_LOOK    (USEC_PER_SEC / 20)

Host *server_host(Server *server, const char *name)
{
    for (guint i = 0; i < server->hosts->len; i++) {
        Host *host = server->hosts->pdata[i];
        if (strcmp(host->name, name) == 0)
            return host;
    }
    return NULL;
}

Host *server_host_or_error(Server *server, const char *name, GError **error)
{
    Host *host = server_host(server, name);
    if (host)
        return host;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < server->hosts->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                               ((Host *)server->hosts->pdata[i])->name);
    g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND, "there is no host \"%s\"; there is: %s", name,
                names->str);
    return NULL;
}

Host *server_default_host(Server *server)
{
    Host *local = server_host(server, "local");
    if (local)
        return local;
    return server->hosts->len == 1 ? server->hosts->pdata[0] : NULL;
}

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
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s: %s", what, g_strerror(-r));
    return false;
}

static bool connect_bus(Server *server, GError **error)
{
    int r = open_bus(server->configuration, &server->bus);
    if (r < 0)
        return fail(error, "cannot connect to the bus", r);
    r = sd_bus_attach_event(server->bus, server->event, SD_EVENT_PRIORITY_NORMAL);
    if (r >= 0)
        r = sd_bus_set_exit_on_disconnect(server->bus, true);
    if (r >= 0)
        r = objects_register(server);
    if (r < 0)
        return fail(error, "cannot serve on the bus", r);
    server->long_calls = long_calls_new(server);
    server->pace = pace_new(server);
    if (!server->long_calls || !server->pace)
        return fail(error, "cannot serve on the bus", -ENOMEM);
    server->access = access_new(server, &r);
    if (!server->access)
        return fail(error, "cannot serve on the bus", r);
    if (server->configuration->bus != BUS_SYSTEM)
        return true;
    server->policy = policy_new(server, error);
    return server->policy != NULL;
}

/* ---- Hosts ---- */

static bool is_configured(const Server *server, const Host *host)
{
    for (guint i = 0; i < server->configuration->hosts->len; i++) {
        const HostEntry *entry = server->configuration->hosts->pdata[i];
        if (strcmp(entry->name, host->name) == 0 && strcmp(entry->uri, host->uri) == 0)
            return true;
    }
    return false;
}

static void free_retired(Server *server)
{
    for (guint i = server->retired->len; i-- > 0;) {
        Host *host = server->retired->pdata[i];
        if (host->calls > 0 || !host_stop(host))
            continue;
        mailbox_drain(server->mailbox);
        host_free(host);
        g_ptr_array_remove_index(server->retired, i);
    }
}

static bool load_hosts(Server *server, GError **error)
{
    for (guint i = server->hosts->len; i-- > 0;) {
        Host *host = server->hosts->pdata[i];
        if (is_configured(server, host))
            continue;
        g_ptr_array_remove_index(server->hosts, i);
        host_retire(host);
        g_ptr_array_add(server->retired, host);
    }
    for (guint i = 0; i < server->configuration->hosts->len; i++) {
        const HostEntry *entry = server->configuration->hosts->pdata[i];
        if (server_host(server, entry->name))
            continue;
        Host *host = host_new(server, entry->name, entry->uri, error);
        if (!host)
            return false;
        g_ptr_array_add(server->hosts, host);
    }
    return true;
}

/* ---- Signals and timers ---- */

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
    Server *server = userdata;
    g_autoptr(GError) error = NULL;
    sd_notify(0, "RELOADING=1");
    if (!configuration_load(server->configuration, &error) || !load_hosts(server, &error))
        g_printerr("domwrightd: not reloaded: %s\n", error->message);
    for (guint i = 0; i < server->hosts->len; i++)
        host_look(server->hosts->pdata[i]);
    free_retired(server);
    need_memory(sd_bus_emit_properties_changed(server->bus, DOMWRIGHT_PATH,
                                               DOMWRIGHT_MANAGER_INTERFACE, "Hosts", NULL));
    sd_notify(0, "READY=1");
    return 0;
}

static int on_idle_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    Server *server = userdata;
    verdict_idle();
    drafts_expire(server->drafts);
    for (guint i = 0; i < server->hosts->len; i++)
        host_idle(server->hosts->pdata[i]);
    free_retired(server);
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
    bool finished =
        (server->requests == 0 && !access_waiting(server->access)) || now >= server->stop_deadline;
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
    sd_notify(0, "STOPPING=1");
    for (guint i = 0; i < server->hosts->len; i++) {
        Host *host = server->hosts->pdata[i];
        host_settle(host);
        host_learned(host);
        job_pool_cancel_waiting(host->pool);
    }
    job_pool_cancel_waiting(server->desk);
    if (server->policy)
        policy_forget(server->policy, NULL);
    pace_flush(server->pace);
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
static void prepare_state(Configuration *configuration)
{
    const char *path = configuration->state_directory;
    struct stat status;
    if (!path)
        return;
    if ((mkdir(path, 0700) < 0 && errno != EEXIST) || stat(path, &status) < 0 ||
        !S_ISDIR(status.st_mode) || access(path, W_OK | X_OK) < 0) {
        g_printerr("domwrightd: %s cannot be used, drafts will not survive a restart\n", path);
        g_clear_pointer(&configuration->state_directory, g_free);
    }
}

Server *server_new(Configuration *configuration)
{
    Server *server = g_new0(Server, 1);
    *server = (Server){.object = {OBJECT_MANAGER}, .configuration = configuration};
    server->hosts = g_ptr_array_new();
    server->retired = g_ptr_array_new();
    return server;
}

bool server_start(Server *server, GError **error)
{
    prepare_state(server->configuration);
    int r = sd_event_default(&server->event);
    if (r >= 0)
        r = watch(server);
    if (r >= 0)
        r = mailbox_new(server->event, &server->mailbox);
    if (r < 0)
        return fail(error, "cannot start", r);
    server->desk = job_pool_new(server->event, server->mailbox, DESK_THREADS, DESK_QUEUE, NULL);
    if (!revision_load(server->configuration->state_directory, error) ||
        !connect_bus(server, error))
        return false;
    server->drafts = drafts_new(server);
    if (!load_hosts(server, error))
        return false;
    r = sd_bus_request_name(server->bus, DOMWRIGHT_BUS_NAME, 0);
    if (r < 0)
        return fail(error, "cannot own " DOMWRIGHT_BUS_NAME, r);
    sd_notify(0, "READY=1");
    return true;
}

int server_run(Server *server)
{
    int r = sd_event_loop(server->event);
    return r < 0 ? 1 : r;
}

static bool stop_hosts(GPtrArray *hosts)
{
    bool stopped = true;
    for (guint i = 0; i < hosts->len; i++)
        stopped = host_stop(hosts->pdata[i]) && stopped;
    return stopped;
}

static void free_hosts(GPtrArray *hosts)
{
    for (guint i = 0; i < hosts->len; i++)
        host_free(hosts->pdata[i]);
    g_ptr_array_unref(hosts);
}

/* Connections are closed by threads of their own; a moment is enough unless libvirt hangs. */
static bool await_connecting(Server *server)
{
    for (int i = 0; i < 100 && server->connecting > 0; i++) {
        g_usleep(10000);
        mailbox_drain(server->mailbox);
    }
    return server->connecting == 0;
}

bool server_free(Server *server)
{
    server->stopping = true;
    bool stopped = stop_hosts(server->hosts) && stop_hosts(server->retired);
    if (server->desk)
        stopped = job_pool_stop(server->desk) && stopped;
    if (!stopped || !await_connecting(server))
        return false;
    if (server->mailbox)
        mailbox_drain(server->mailbox);
    free_hosts(server->hosts);
    free_hosts(server->retired);
    job_pool_free(server->desk);
    drafts_free(server->drafts);
    for (gsize i = 0; i < G_N_ELEMENTS(server->slots); i++)
        sd_bus_slot_unref(server->slots[i]);
    pace_free(server->pace);
    access_free(server->access);
    policy_free(server->policy);
    long_calls_free(server->long_calls);
    sd_bus_flush_close_unref(server->bus);
    mailbox_free(server->mailbox);
    sd_event_source_unref(server->idle_timer);
    sd_event_source_unref(server->stop_timer);
    sd_event_unref(server->event);
    g_free(server);
    return true;
}
