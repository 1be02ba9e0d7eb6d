/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Look-up of hosts, and their coming and going with the configuration. Main thread. */
#include "host/hosts.h"

#include <string.h>

#include "base/error.h"

static PendingKeeper *pending_of(const Domain *domain)
{
    return domain->inventory->host->pending;
}

static void on_added(const Domain *domain, void *data)
{
    if (domain->started_at > 0)
        pending_keeper_started(pending_of(domain), domain);
    pending_keeper_changed(pending_of(domain), domain);
}

static void on_removed(const Domain *domain, void *data)
{
    history_keeper_removed(domain->inventory->host->keeper, domain);
    pending_keeper_stopped(pending_of(domain), domain);
}

static void on_properties(const Domain *domain, const char *const *names, void *data)
{
    PendingKeeper *pending = pending_of(domain);
    if (g_strv_contains(names, "StartedAt") && domain->started_at > 0)
        pending_keeper_started(pending, domain);
    if (g_strv_contains(names, "Active") && !domain_active(domain))
        pending_keeper_stopped(pending, domain);
    if (g_strv_contains(names, "Id") || g_strv_contains(names, "Persistent"))
        pending_keeper_changed(pending, domain);
}

static void on_document(const Domain *domain, bool first, const DwChanges *changes,
                        const char *revision, void *data)
{
    if (!first)
        pending_keeper_changed(pending_of(domain), domain);
}

/* A balloon moves once a second, and never waits. */
static bool is_balloon(const DwChanges *changes)
{
    return changes && g_strv_length(changes->keys) == 1 &&
           strcmp(changes->keys[0], "currentMemory") == 0 && changes->devices->len == 0;
}

static void on_live(const Domain *domain, const DwChanges *changes, const char *revision,
                    void *data)
{
    if (!is_balloon(changes))
        pending_keeper_changed(pending_of(domain), domain);
}

Hosts *hosts_new(sd_event *event, Mailbox *mailbox)
{
    Hosts *hosts = g_new0(Hosts, 1);
    hosts->context.event = sd_event_ref(event);
    hosts->context.mailbox = mailbox;
    hosts->context.host_listeners = g_array_new(FALSE, FALSE, sizeof(HostListener));
    hosts->context.inventory_listeners = g_array_new(FALSE, FALSE, sizeof(InventoryListener));
    InventoryListener own = {NULL, on_added, on_removed, on_properties, on_document, on_live};
    hosts_add_inventory_listener(hosts, &own);
    hosts->list = g_ptr_array_new();
    hosts->retired = g_ptr_array_new();
    return hosts;
}

void hosts_set_history(Hosts *hosts, const char *directory, const HistorySettings *settings)
{
    HostContext *context = &hosts->context;
    if (!*context->run) {
        g_autofree char *run = g_uuid_string_random();
        g_strlcpy(context->run, run, sizeof context->run);
    }
    g_free(context->state_directory);
    context->state_directory = g_strdup(directory);
    g_free(context->history_directory);
    context->history_directory = directory ? g_build_filename(directory, "history", NULL) : NULL;
    context->history_limits = (HistoryLimits){
        .entries = settings->entries,
        .days = settings->days,
        .domain_bytes = settings->domain_bytes,
        .total_bytes = settings->total_bytes,
        .required = settings->required,
    };
    for (guint i = 0; i < hosts->list->len; i++)
        history_keeper_load(((Host *)hosts->list->pdata[i])->keeper);
}

void hosts_add_listener(Hosts *hosts, const HostListener *listener)
{
    g_array_append_vals(hosts->context.host_listeners, listener, 1);
}

void hosts_add_inventory_listener(Hosts *hosts, const InventoryListener *listener)
{
    g_array_append_vals(hosts->context.inventory_listeners, listener, 1);
}

/* ---- Look-up ---- */

Host *hosts_find(const Hosts *hosts, const char *name)
{
    for (guint i = 0; i < hosts->list->len; i++) {
        Host *host = hosts->list->pdata[i];
        if (strcmp(host->name, name) == 0)
            return host;
    }
    return NULL;
}

Host *hosts_find_or_error(const Hosts *hosts, const char *name, GError **error)
{
    Host *host = hosts_find(hosts, name);
    if (host)
        return host;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < hosts->list->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                               ((Host *)hosts->list->pdata[i])->name);
    g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND, "There is no host \"%s\"; there is: %s.", name,
                names->str);
    return NULL;
}

Host *hosts_default(const Hosts *hosts)
{
    Host *local = hosts_find(hosts, "local");
    if (local)
        return local;
    return hosts->list->len == 1 ? hosts->list->pdata[0] : NULL;
}

/* ---- Configured and retired ---- */

static bool is_configured(const GPtrArray *entries, const Host *host)
{
    for (guint i = 0; i < entries->len; i++) {
        const HostEntry *entry = entries->pdata[i];
        if (strcmp(entry->name, host->name) == 0 && strcmp(entry->uri, host->uri) == 0)
            return true;
    }
    return false;
}

static void free_retired(Hosts *hosts)
{
    for (guint i = hosts->retired->len; i-- > 0;) {
        Host *host = hosts->retired->pdata[i];
        if (host->calls > 0 || !host_stop(host))
            continue;
        mailbox_drain(hosts->context.mailbox);
        host_free(host);
        g_ptr_array_remove_index(hosts->retired, i);
    }
}

bool hosts_load(Hosts *hosts, const GPtrArray *entries, GError **error)
{
    for (guint i = hosts->list->len; i-- > 0;) {
        Host *host = hosts->list->pdata[i];
        if (is_configured(entries, host))
            continue;
        g_ptr_array_remove_index(hosts->list, i);
        host_retire(host);
        g_ptr_array_add(hosts->retired, host);
    }
    for (guint i = 0; i < entries->len; i++) {
        const HostEntry *entry = entries->pdata[i];
        if (hosts_find(hosts, entry->name))
            continue;
        Host *host = host_new(&hosts->context, entry->name, entry->uri, error);
        if (!host)
            return false;
        g_ptr_array_add(hosts->list, host);
    }
    return true;
}

void hosts_idle(Hosts *hosts)
{
    for (guint i = 0; i < hosts->list->len; i++)
        host_idle(hosts->list->pdata[i]);
    free_retired(hosts);
}

void hosts_poll(Hosts *hosts)
{
    for (guint i = 0; i < hosts->list->len; i++)
        poll_now(((Host *)hosts->list->pdata[i])->poll);
    free_retired(hosts);
}

/* ---- The end ---- */

void hosts_cancel_waiting(Hosts *hosts)
{
    hosts->context.stopping = true;
    for (guint i = 0; i < hosts->list->len; i++)
        host_cancel_waiting(hosts->list->pdata[i]);
}

static bool stop_all(GPtrArray *list)
{
    bool stopped = true;
    for (guint i = 0; i < list->len; i++)
        stopped = host_stop(list->pdata[i]) && stopped;
    return stopped;
}

/* Connections are closed by threads of their own; a moment is enough unless libvirt hangs. */
static bool await_connecting(Hosts *hosts)
{
    for (int i = 0; i < 100 && hosts->context.connecting > 0; i++) {
        g_usleep(10000);
        mailbox_drain(hosts->context.mailbox);
    }
    return hosts->context.connecting == 0;
}

bool hosts_stop(Hosts *hosts)
{
    hosts->context.stopping = true;
    return stop_all(hosts->list) && stop_all(hosts->retired) && await_connecting(hosts);
}

static void free_all(GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++)
        host_free(list->pdata[i]);
    g_ptr_array_unref(list);
}

void hosts_free(Hosts *hosts)
{
    if (!hosts)
        return;
    free_all(hosts->list);
    free_all(hosts->retired);
    g_array_unref(hosts->context.host_listeners);
    g_array_unref(hosts->context.inventory_listeners);
    sd_event_unref(hosts->context.event);
    g_free(hosts->context.state_directory);
    g_free(hosts->context.history_directory);
    g_free(hosts);
}
