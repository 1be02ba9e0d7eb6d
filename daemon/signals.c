/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Composes signals. What happened was decided elsewhere. */
#include "signals.h"

#include "access.h"
#include "errors.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

static int fill_changed(sd_bus_message *signal, bool live, const DwChanges *changes,
                        const char *revision)
{
    int r = sd_bus_message_append(signal, "b", (int)live);
    if (r >= 0)
        r = sd_bus_message_append_strv(signal, changes ? changes->keys : NULL);
    if (r >= 0)
        r = sd_bus_message_open_container(signal, 'a', "(ss)");
    for (guint i = 0; r >= 0 && changes && i < changes->devices->len; i++) {
        const DwDevice *device = changes->devices->pdata[i];
        r = sd_bus_message_append(signal, "(ss)", device->kind, device->id);
    }
    if (r >= 0)
        r = sd_bus_message_close_container(signal);
    return r < 0 ? r : sd_bus_message_append(signal, "s", revision);
}

void signal_config_changed(Server *server, const char *path, bool live, const DwChanges *changes,
                           const char *revision)
{
    sd_bus_message *signal = NULL;
    int r = sd_bus_message_new_signal(server->bus, &signal, path, DOMWRIGHT_CONFIG_INTERFACE,
                                      "Changed");
    if (r >= 0)
        r = fill_changed(signal, live, changes, revision);
    if (r >= 0)
        r = sd_bus_send(server->bus, signal, NULL);
    need_memory(r);
    sd_bus_message_unref(signal);
    if (!live)
        need_memory(sd_bus_emit_properties_changed(server->bus, path, DOMWRIGHT_CONFIG_INTERFACE,
                                                   "Revision", NULL));
}

/* ---- Drafts: signals for those who may see them ---- */

typedef struct {
    const Draft *draft;
    const DwChanges *changes;
    const char *revision;
} DraftNews;

typedef int (*FillFunc)(sd_bus_message *signal, const DraftNews *news);

static void send_private(const DraftNews *news, const char *interface, const char *member,
                         FillFunc fill)
{
    Server *server = news->draft->server;
    g_autoptr(GPtrArray) names = access_names(server->access, news->draft->owner);
    for (guint i = 0; i < names->len; i++) {
        sd_bus_message *signal = NULL;
        int r =
            sd_bus_message_new_signal(server->bus, &signal, news->draft->path, interface, member);
        if (r >= 0)
            r = fill(signal, news);
        if (r >= 0)
            r = sd_bus_message_set_destination(signal, names->pdata[i]);
        if (r >= 0)
            r = sd_bus_send(server->bus, signal, NULL);
        need_memory(r);
        sd_bus_message_unref(signal);
    }
}

static int fill_draft_changed(sd_bus_message *signal, const DraftNews *news)
{
    return fill_changed(signal, false, news->changes, news->revision);
}

static int fill_revision(sd_bus_message *signal, const DraftNews *news)
{
    return sd_bus_message_append(signal, "sa{sv}as", DOMWRIGHT_CONFIG_INTERFACE, 0, 1, "Revision");
}

static int fill_modified(sd_bus_message *signal, const DraftNews *news)
{
    return sd_bus_message_append(signal, "sa{sv}as", DOMWRIGHT_DRAFT_INTERFACE, 1, "Modified", "t",
                                 news->draft->modified, 0);
}

static int fill_stale(sd_bus_message *signal, const DraftNews *news)
{
    return sd_bus_message_append(signal, "sa{sv}as", DOMWRIGHT_DRAFT_INTERFACE, 1, "Stale", "b",
                                 (int)news->draft->stale, 0);
}

void signal_draft_edited(const Draft *draft, const DwChanges *changes, const char *revision)
{
    DraftNews news = {draft, changes, revision};
    send_private(&news, DOMWRIGHT_CONFIG_INTERFACE, "Changed", fill_draft_changed);
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", fill_revision);
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", fill_modified);
}

void signal_draft_stale(const Draft *draft)
{
    DraftNews news = {.draft = draft};
    send_private(&news, PROPERTIES_INTERFACE, "PropertiesChanged", fill_stale);
}
