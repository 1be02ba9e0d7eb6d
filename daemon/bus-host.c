/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Host: defining, listing, and what the host can do. */
#include <string.h>

#include "calls.h"
#include "errors.h"
#include "fleet.h"
#include "handlers.h"
#include "wire.h"

#define MACHINE_OPTIONS "arch machine type emulator"

HANDLER(host_define)
{
    g_autoptr(Work) work = work_new(WORK_DEFINE);
    return wire_read_settings(request->message, &work->settings, error) &&
           wire_read_devices(request->message, &work->devices, error) &&
           options_read(request->message, "preset dry-run diff affect", &work->options, error) &&
           check_affect(&work->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&work), fill_domain_and_result,
                        error);
}

/* The domain whose place a document is to take: the one of its UUID. */
static Domain *find_replaced(const Host *host, const char *xml, GError **error)
{
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), error);
    if (!document)
        return NULL;
    g_autofree char *text = dw_get_string(document, "uuid");
    Uuid uuid;
    Domain *domain = text && uuid_parse(text, &uuid) ? inventory_find(host, &uuid) : NULL;
    if (!domain)
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND,
                    "option expected-revision: there is no domain of uuid %s to replace",
                    text ? text : "(none)");
    return domain;
}

/* Without a revision the domain must be new; with one it must be there and still have it. */
HANDLER(host_define_xml)
{
    const char *xml;
    g_autoptr(Work) work = work_new(WORK_DEFINE);
    if (!wire_read_string(request->message, &xml, error) ||
        !options_read(request->message, "dry-run diff affect expected-revision", &work->options,
                      error) ||
        !check_affect(&work->options, error) || !request_check_text(xml, error))
        return false;
    work->xml = g_strdup(xml);
    if (!work->options.expected_revision)
        return call_on_host(request, (Host *)object, g_steal_pointer(&work), fill_domain_and_result,
                            error);
    Domain *domain = find_replaced((Host *)object, xml, error);
    if (!domain)
        return false;
    work->verb = WORK_REPLACE;
    return call_on_object(request, &domain->object, g_steal_pointer(&work), fill_domain_and_result,
                          error);
}

static bool check_connected(const Host *host, GError **error)
{
    if (host->state == HOST_CONNECTED)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE, "host %s is not connected: %s",
                host->name, host->reason ? host->reason : "connecting");
    return false;
}

HANDLER(host_list_domains)
{
    Host *host = (Host *)object;
    Options options = {0};
    if (options_read(request->message, "columns active name", &options, error) &&
        check_connected(host, error) && fleet_list(request, host, &options, error))
        return true;
    options_clear(&options);
    return false;
}

/* ---- Capabilities ---- */

static int append_capabilities(sd_bus_message *reply, const DwCapabilities *capabilities)
{
    g_autoptr(DwSettings) settings = dw_capabilities_describe(capabilities);
    int r = sd_bus_message_open_container(reply, 'a', "{sv}");
    for (size_t i = 0; r >= 0 && i < dw_settings_count(settings); i++) {
        r = sd_bus_message_open_container(reply, 'e', "sv");
        if (r >= 0)
            r = sd_bus_message_append_basic(reply, 's', dw_settings_key(settings, i));
        if (r >= 0)
            r = wire_append_variant(reply, dw_settings_value(settings, i));
        if (r >= 0)
            r = sd_bus_message_close_container(reply);
    }
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 's', "guests");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'v', "aa{sv}");
    if (r >= 0)
        r = wire_append_guests(reply, dw_capabilities_guests(capabilities));
    for (int i = 0; r >= 0 && i < 3; i++)
        r = sd_bus_message_close_container(reply);
    return r;
}

HANDLER(host_get_capabilities)
{
    const Host *host = (Host *)object;
    Options options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error) ||
        !check_connected(host, error))
        return false;
    g_auto(FactsView) view = {0};
    facts_view(host->facts, NULL, NULL, &view);
    if (!view.host.capabilities) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "libvirt does not say what host %s can do", host->name);
        return false;
    }
    sd_bus_message *reply = request_reply(request);
    request_send(request, reply, reply ? append_capabilities(reply, view.host.capabilities) : 0);
    return true;
}

HANDLER(host_get_capabilities_xml)
{
    g_autoptr(Work) work = work_new(WORK_CAPABILITIES_XML);
    return options_read(request->message, OPTIONS_NONE, &work->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&work), fill_xml, error);
}

static int fill_settings(sd_bus_message *reply, const Work *work)
{
    return wire_append_settings(reply, work->settings);
}

HANDLER(host_get_domain_capabilities)
{
    g_autoptr(Work) work = work_new(WORK_DOMAIN_CAPABILITIES);
    return options_read(request->message, MACHINE_OPTIONS, &work->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&work), fill_settings, error);
}

HANDLER(host_get_domain_capabilities_xml)
{
    g_autoptr(Work) work = work_new(WORK_DOMAIN_CAPABILITIES_XML);
    return options_read(request->message, MACHINE_OPTIONS, &work->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&work), fill_xml, error);
}

static int fill_choices(sd_bus_message *reply, const Work *work)
{
    int r = sd_bus_message_open_container(reply, 'a', "a{sv}");
    for (guint i = 0; r >= 0 && i < work->choices->len; i++) {
        const DwChoice *choice = work->choices->pdata[i];
        bool chosen = g_strcmp0(choice->value, work->chosen) == 0;
        r = sd_bus_message_append(reply, "a{sv}", 3, "value", "s", choice->value, "doc", "s",
                                  choice->doc, "default", "b", (int)chosen);
    }
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static bool check_key(const char *kind, const char *key, GError **error)
{
    DwKey *row = dw_key_find(kind, key);
    if (row) {
        dw_key_free(row);
        return true;
    }
    g_autoptr(GPtrArray) rows = dw_keys_describe(kind, "", error);
    if (!rows)
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(names, ((DwKey *)rows->pdata[i])->key);
    g_ptr_array_add(names, NULL);
    const char *nearest = dw_nearest(key, (const char *const *)names->pdata);
    g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY, "unknown key \"%s\"%s%s%s", key,
                nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"" : "");
    return false;
}

HANDLER(host_list_choices)
{
    const char *kind, *key;
    g_autoptr(Work) work = work_new(WORK_CHOICES);
    if (!wire_read_string(request->message, &kind, error) ||
        !wire_read_string(request->message, &key, error) ||
        !options_read(request->message, MACHINE_OPTIONS " pool", &work->options, error) ||
        !check_key(kind, key, error))
        return false;
    work->kind = g_strdup(kind);
    work->keys = g_new0(char *, 2);
    work->keys[0] = g_strdup(key);
    return call_on_host(request, (Host *)object, g_steal_pointer(&work), fill_choices, error);
}
