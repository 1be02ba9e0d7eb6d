/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Manager: documents that belong to no domain yet, and finding domains. */
#include <string.h>

#include "calls.h"
#include "drafts.h"
#include "errors.h"
#include "handlers.h"
#include "wire.h"

/*
 * The host a new document is for. NULL without error: none, and nothing is filled in. A host that
 * is away is an error only when the caller named it.
 */
static bool choose_host(Request *request, const Options *options, Host **ret_host, GError **error)
{
    Server *server = request->server;
    *ret_host = NULL;
    if (options->host && *options->host == '\0')
        return true;
    Host *host = options->host ? server_host_or_error(server, options->host, error)
                               : server_default_host(server);
    if (options->host && !host)
        return false;
    if (options->host || (host && host->state == HOST_CONNECTED))
        *ret_host = host;
    return true;
}

static bool read_document(sd_bus_message *message, Work *work, GError **error)
{
    return wire_read_settings(message, &work->settings, error) &&
           wire_read_devices(message, &work->devices, error) &&
           options_read(message, "host preset", &work->options, error);
}

HANDLER(manager_build)
{
    g_autoptr(Work) work = work_new(WORK_BUILD);
    Host *host;
    if (!read_document(request->message, work, error) ||
        !choose_host(request, &work->options, &host, error))
        return false;
    return host ? call_on_host(request, host, g_steal_pointer(&work), fill_xml, error)
                : call_on_desk(request, g_steal_pointer(&work), fill_xml, error);
}

static int fill_parsed(sd_bus_message *reply, const Work *work)
{
    int r = wire_append_settings(reply, work->settings);
    return r < 0 ? r : wire_append_devices(reply, work->devices);
}

HANDLER(manager_parse)
{
    const char *xml;
    g_autoptr(Work) work = work_new(WORK_PARSE);
    if (!wire_read_string(request->message, &xml, error) ||
        !options_read(request->message, OPTIONS_NONE, &work->options, error) ||
        !request_check_text(xml, error))
        return false;
    work->text = g_strdup(xml);
    return call_on_desk(request, g_steal_pointer(&work), fill_parsed, error);
}

/* The name a draft keeps: also of a host that is away and was not named. */
static const char *draft_host_name(Request *request, const Options *options)
{
    if (options->host)
        return options->host;
    const Host *host = server_default_host(request->server);
    return host ? host->name : "";
}

HANDLER(manager_new_draft)
{
    g_autoptr(Work) work = work_new(WORK_BUILD);
    Host *host;
    if (!read_document(request->message, work, error) ||
        !drafts_check_room(request->server->drafts, request->uid, 0, NULL, error) ||
        !choose_host(request, &work->options, &host, error))
        return false;
    work->incomplete = true;
    const char *name = draft_host_name(request, &work->options);
    return call_for_draft(request, host, NULL, name, g_steal_pointer(&work), error);
}

HANDLER(manager_import_draft)
{
    const char *xml;
    g_autoptr(Work) work = work_new(WORK_IMPORT);
    if (!wire_read_string(request->message, &xml, error) ||
        !options_read(request->message, "host", &work->options, error) ||
        !request_check_text(xml, error) ||
        !drafts_check_room(request->server->drafts, request->uid, strlen(xml), NULL, error))
        return false;
    const char *host = work->options.host;
    if (host && *host && !server_host_or_error(request->server, host, error))
        return false;
    work->text = g_strdup(xml);
    const char *name = draft_host_name(request, &work->options);
    return call_for_draft(request, NULL, NULL, name, g_steal_pointer(&work), error);
}

HANDLER(manager_list_drafts)
{
    Options options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    g_auto(GStrv) paths = drafts_list(request->server->drafts, request->uid);
    sd_bus_message *reply = request_reply(request);
    int r = reply ? sd_bus_message_open_container(reply, 'a', "o") : 0;
    for (char **path = paths; reply && r >= 0 && *path; path++)
        r = sd_bus_message_append_basic(reply, 'o', *path);
    if (reply && r >= 0)
        r = sd_bus_message_close_container(reply);
    request_send(request, reply, r);
    return true;
}

HANDLER(manager_find_domain)
{
    Server *server = request->server;
    const char *word;
    g_auto(Options) options = {0};
    if (!wire_read_string(request->message, &word, error) ||
        !options_read(request->message, "host", &options, error) ||
        (options.host && !server_host_or_error(server, options.host, error)))
        return false;
    const Domain *found = NULL;
    const Host *away = NULL;
    for (guint i = 0; i < server->hosts->len; i++) {
        const Host *host = server->hosts->pdata[i];
        if (options.host && strcmp(options.host, host->name) != 0)
            continue;
        const Domain *domain = inventory_find_word(host, word);
        if (domain && found) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                        "\"%s\" is on hosts %s and %s: name one with the option host", word,
                        found->host->name, host->name);
            return false;
        }
        found = domain ? domain : found;
        away = host->state == HOST_CONNECTED ? away : host;
    }
    if (!found && away)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                    "\"%s\" is not known, and host %s is not connected: %s", word, away->name,
                    away->reason ? away->reason : "connecting");
    else if (!found)
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND, "there is no domain \"%s\"", word);
    if (!found)
        return false;
    g_autofree char *path = domain_path(found);
    sd_bus_message *reply = request_reply(request);
    request_send(request, reply, reply ? sd_bus_message_append(reply, "o", path) : 0);
    return true;
}

HANDLER(manager_describe_keys)
{
    const char *kind, *prefix;
    Options options = {0};
    if (!wire_read_string(request->message, &kind, error) ||
        !wire_read_string(request->message, &prefix, error) ||
        !options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, prefix, error);
    if (!keys)
        return false;
    sd_bus_message *reply = request_reply(request);
    request_send(request, reply, reply ? wire_append_keys(reply, keys) : 0);
    return true;
}
