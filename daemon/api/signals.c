/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Composes signals. What happened was decided elsewhere. */
#include "api/signals.h"

#include "base/error.h"
#include "base/writer.h"
#include "bus/senders.h"
#include "bus/wire.h"
#include "calls/server.h"
#include "inventory/domain-path.h"
#include "inventory/inventory.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

static void append_changed(Writer *signal, bool live, const DwChanges *changes,
                           const char *revision)
{
    writer_append(signal, "b", (int)live);
    writer_strings(signal, changes ? changes->keys : NULL);
    writer_open(signal, 'a', "(ss)");
    for (guint i = 0; changes && i < changes->devices->len; i++) {
        const DwDevice *device = changes->devices->pdata[i];
        writer_append(signal, "(ss)", device->kind, device->id);
    }
    writer_close(signal);
    writer_basic(signal, 's', revision);
}

/* destination NULL: to everybody. */
static Writer signal_new(const Server *server, const char *path, const char *interface,
                         const char *member, const char *destination)
{
    sd_bus_message *signal = NULL;
    int r = sd_bus_message_new_signal(server->bus, &signal, path, interface, member);
    if (r >= 0 && destination)
        r = sd_bus_message_set_destination(signal, destination);
    return writer_on(signal, r);
}

/* Who misses one that is too large is told of the new revision all the same. */
static void signal_send(Writer *signal)
{
    need_memory(signal->error);
    if (!signal->error && signal->size <= WIRE_MAX_MESSAGE)
        need_memory(sd_bus_send(NULL, signal->message, NULL));
    signal->message = sd_bus_message_unref(signal->message);
}

static void send_config_changed(Server *server, const char *path, bool live,
                                const DwChanges *changes, const char *revision)
{
    Writer signal = signal_new(server, path, DOMWRIGHT_CONFIG_INTERFACE, "Changed", NULL);
    append_changed(&signal, live, changes, revision);
    signal_send(&signal);
    if (!live)
        need_memory(sd_bus_emit_properties_changed(server->bus, path, DOMWRIGHT_CONFIG_INTERFACE,
                                                   "Revision", NULL));
}

/* ---- Drafts: signals for those who may see them ---- */

typedef struct {
    Server *server;
    const Draft *draft;
    const DwChanges *changes;
    const char *revision;
} DraftNews;

typedef void (*AppendFunc)(Writer *signal, const DraftNews *news);

static void send_private(const DraftNews *news, const char *interface, const char *member,
                         AppendFunc append)
{
    const Server *server = news->server;
    g_autoptr(GPtrArray) names = senders_names(server->senders, news->draft->owner);
    for (guint i = 0; i < names->len; i++) {
        Writer signal = signal_new(server, news->draft->path, interface, member, names->pdata[i]);
        append(&signal, news);
        signal_send(&signal);
    }
}

static void append_draft_changed(Writer *signal, const DraftNews *news)
{
    append_changed(signal, false, news->changes, news->revision);
}

static void append_revision(Writer *signal, const DraftNews *news)
{
    writer_append(signal, "sa{sv}as", DOMWRIGHT_CONFIG_INTERFACE, 0, 1, "Revision");
}

static void append_modified(Writer *signal, const DraftNews *news)
{
    writer_append(signal, "sa{sv}as", DOMWRIGHT_DRAFT_INTERFACE, 1, "Modified", "t",
                  news->draft->modified, 0);
}

static void append_stale(Writer *signal, const DraftNews *news)
{
    writer_append(signal, "sa{sv}as", DOMWRIGHT_DRAFT_INTERFACE, 1, "Stale", "b",
                  (int)news->draft->stale, 0);
}

static void append_rebased(Writer *signal, const DraftNews *news)
{
    writer_append(signal, "sa{sv}as", DOMWRIGHT_DRAFT_INTERFACE, 2, "BaseRevision", "s",
                  news->draft->base_revision, "Stale", "b", (int)news->draft->stale, 0);
}

static void on_draft_edited(const Draft *draft, const DwChanges *changes, const char *revision,
                            void *userdata)
{
    DraftNews news = {userdata, draft, changes, revision};
    send_private(&news, DOMWRIGHT_CONFIG_INTERFACE, "Changed", append_draft_changed);
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", append_revision);
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", append_modified);
}

static void on_draft_stale(const Draft *draft, void *userdata)
{
    DraftNews news = {.server = userdata, .draft = draft};
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", append_stale);
}

static void on_draft_rebased(const Draft *draft, void *userdata)
{
    DraftNews news = {.server = userdata, .draft = draft};
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", append_rebased);
}

DraftListener signals_draft_listener(Server *server)
{
    return (DraftListener){.data = server,
                           .edited = on_draft_edited,
                           .stale = on_draft_stale,
                           .rebased = on_draft_rebased};
}

/* ---- Hosts and their domains ---- */

static void on_host_properties(const Host *host, const char *const *names, void *userdata)
{
    const Server *server = userdata;
    need_memory(sd_bus_emit_properties_changed_strv(server->bus, host->path,
                                                    DOMWRIGHT_HOST_INTERFACE, (char **)names));
}

HostListener signals_host_listener(Server *server)
{
    return (HostListener){.data = server, .properties_changed = on_host_properties};
}

static void on_added(const Domain *domain, void *userdata)
{
    const Server *server = userdata;
    g_autofree char *path = domain_path(domain);
    need_memory(sd_bus_emit_interfaces_added(server->bus, path, DOMWRIGHT_DOMAIN_INTERFACE,
                                             DOMWRIGHT_CONFIG_INTERFACE, NULL));
}

static void on_removed(const Domain *domain, void *userdata)
{
    const Server *server = userdata;
    g_autofree char *path = domain_path(domain);
    need_memory(sd_bus_emit_interfaces_removed(server->bus, path, DOMWRIGHT_DOMAIN_INTERFACE,
                                               DOMWRIGHT_CONFIG_INTERFACE, NULL));
}

static void on_properties(const Domain *domain, const char *const *names, void *userdata)
{
    const Server *server = userdata;
    g_autofree char *path = domain_path(domain);
    need_memory(sd_bus_emit_properties_changed_strv(server->bus, path, DOMWRIGHT_DOMAIN_INTERFACE,
                                                    (char **)names));
}

static void on_document(const Domain *domain, bool first, const DwChanges *changes,
                        const char *revision, void *userdata)
{
    g_autofree char *path = domain_path(domain);
    if (!first)
        send_config_changed(userdata, path, false, changes, revision);
}

static void on_live(const Domain *domain, const DwChanges *changes, const char *revision,
                    void *userdata)
{
    g_autofree char *path = domain_path(domain);
    send_config_changed(userdata, path, true, changes, revision);
}

InventoryListener signals_inventory_listener(Server *server)
{
    return (InventoryListener){server, on_added, on_removed, on_properties, on_document, on_live};
}
