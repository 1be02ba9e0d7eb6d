/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Manager: handlers, properties and table; documents that belong to no domain yet,
 * and finding domains. Main thread. */
#include <string.h>

#include "api/interfaces.h"
#include "api/startup-hold.h"
#include "base/error.h"
#include "bus/wire.h"
#include "calls/call.h"
#include "calls/server.h"
#include "drafts/drafts.h"
#include "inventory/domain-path.h"
#include "operations/build.h"
#include "operations/edits/edit.h"
#include "operations/reads/parse.h"

#define BUILD_OPTIONS "host preset"

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
    Host *host = options->host ? hosts_find_or_error(server->hosts, options->host, error)
                               : hosts_default(server->hosts);
    if (options->host && !host)
        return false;
    if (options->host || (host && connector_is_connected(host->connector)))
        *ret_host = host;
    return true;
}

static bool read_document(sd_bus_message *message, const char *options, BuildOperation *build,
                          GError **error)
{
    return wire_read_settings(message, &build->input.settings, error) &&
           wire_read_devices(message, &build->input.devices, error) &&
           options_read(message, options, &build->base.options, error);
}

static bool build(Request *request, const char *options, ReplyFunc reply, GError **error)
{
    BuildOperation *build = build_operation_new();
    g_autoptr(Operation) operation = &build->base;
    Host *host;
    if (!read_document(request->message, options, build, error) ||
        !choose_host(request, &operation->options, &host, error))
        return false;
    build->input.incomplete = operation->options.incomplete;
    return host ? call_on_host(request, host, g_steal_pointer(&operation), reply, error)
                : call_without_host(request, 0, g_steal_pointer(&operation), reply, error);
}

static bool method_build(Request *request, Object *object, GError **error)
{
    return build(request, BUILD_OPTIONS, reply_text, error);
}

static void reply_text_and_notes(Writer *reply, const Outcome *outcome)
{
    const BuildOperation *build = (const BuildOperation *)outcome->operation;
    reply_text(reply, outcome);
    writer_open(reply, 'a', "{sv}");
    writer_open_entry(reply, "problems", "aa{sv}");
    wire_append_problems(reply, build->result.problems);
    writer_close_entry(reply);
    if (build->result.skipped && build->result.skipped->len > 0)
        reply_pairs(reply, "skipped", "{ss}", build->result.skipped);
    writer_close(reply);
}

static bool method_build_report(Request *request, Object *object, GError **error)
{
    return build(request, BUILD_OPTIONS " incomplete", reply_text_and_notes, error);
}

static void reply_parsed(Writer *reply, const Outcome *outcome)
{
    const ParseOperation *parse = (const ParseOperation *)outcome->operation;
    wire_append_settings(reply, parse->settings);
    wire_append_devices(reply, parse->devices);
}

static bool method_parse(Request *request, Object *object, GError **error)
{
    const char *xml;
    g_auto(Options) options = {0};
    if (!wire_read_string(request->message, &xml, error) ||
        !options_read(request->message, OPTIONS_NONE, &options, error) ||
        !request_check_text(xml, error))
        return false;
    return call_without_host(request, strlen(xml), &parse_operation_new(xml)->base, reply_parsed,
                             error);
}

/* The name a draft keeps: also of a host that is away and was not named. */
static const char *draft_host_name(Request *request, const Options *options)
{
    if (options->host)
        return options->host;
    const Host *host = hosts_default(request->server->hosts);
    return host ? host->name : "";
}

static bool method_new_draft(Request *request, Object *object, GError **error)
{
    BuildOperation *build = build_operation_new();
    g_autoptr(Operation) operation = &build->base;
    Host *host;
    if (!read_document(request->message, BUILD_OPTIONS, build, error) ||
        !drafts_check_room(request->server->drafts, request->uid, 0, NULL, error) ||
        !choose_host(request, &operation->options, &host, error))
        return false;
    build->input.incomplete = true;
    const char *name = draft_host_name(request, &operation->options);
    return call_for_draft(request, host, name, 0, g_steal_pointer(&operation), error);
}

/* The text takes the place of a draft's document; the draft stays what it is a draft of. */
static bool import_over(Request *request, const Options *options, const char *xml, GError **error)
{
    Draft *draft = drafts_at(request->server->drafts, options->draft, request->uid);
    if (!draft || options->host) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    draft ? "Options host and draft: the draft has its host; give one of them."
                          : "Option draft: you have no draft \"%.128s\".",
                    options->draft);
        return false;
    }
    EditOperation *edit = edit_operation_new(EDIT_IMPORT);
    edit->xml = g_strdup(xml);
    return call_on_object(request, &draft->object, &edit->change.base, reply_path, error);
}

static bool method_import_draft(Request *request, Object *object, GError **error)
{
    const char *xml;
    g_auto(Options) options = {0};
    if (!wire_read_string(request->message, &xml, error) ||
        !options_read(request->message, "host draft", &options, error) ||
        !request_check_text(xml, error))
        return false;
    if (options.draft)
        return import_over(request, &options, xml, error);
    if (!drafts_check_room(request->server->drafts, request->uid, strlen(xml), NULL, error))
        return false;
    const char *host = options.host;
    if (host && *host && !hosts_find_or_error(request->server->hosts, host, error))
        return false;
    return call_for_draft(request, NULL, draft_host_name(request, &options), strlen(xml),
                          &import_operation_new(xml)->base, error);
}

static bool method_list_drafts(Request *request, Object *object, GError **error)
{
    Options options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    g_auto(GStrv) paths = drafts_list(request->server->drafts, request->uid);
    Writer reply = request_reply(request);
    writer_open(&reply, 'a', "o");
    for (char **path = paths; *path; path++)
        writer_basic(&reply, 'o', *path);
    writer_close(&reply);
    request_send(request, &reply);
    return true;
}

static bool method_find_domain(Request *request, Object *object, GError **error)
{
    Server *server = request->server;
    const char *word;
    g_auto(Options) options = {0};
    if (!wire_read_string(request->message, &word, error) ||
        !options_read(request->message, "host", &options, error) ||
        (options.host && !hosts_find_or_error(server->hosts, options.host, error)))
        return false;
    const Domain *found = NULL;
    const Host *away = NULL;
    for (guint i = 0; i < server->hosts->list->len; i++) {
        const Host *host = server->hosts->list->pdata[i];
        if (options.host && strcmp(options.host, host->name) != 0)
            continue;
        const Domain *domain = inventory_find_word(host->inventory, word);
        if (domain && found) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                        "\"%s\" is on hosts %s and %s; pass the host option.", word,
                        found->inventory->host->name, host->name);
            return false;
        }
        found = domain ? domain : found;
        away = connector_is_connected(host->connector) ? away : host;
    }
    if (!found && away)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_HOST_UNAVAILABLE,
                    "\"%s\" is not known, and host %s is not connected: %s.", word, away->name,
                    connector_reason(away->connector));
    else if (!found)
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND, "There is no domain \"%s\".", word);
    if (!found)
        return false;
    g_autofree char *path = domain_path(found);
    Writer reply = request_reply(request);
    writer_basic(&reply, 'o', path);
    request_send(request, &reply);
    return true;
}

static bool method_describe_keys(Request *request, Object *object, GError **error)
{
    const char *kind, *prefix;
    Options options = {0};
    if (!wire_read_string(request->message, &kind, error) ||
        !wire_read_string(request->message, &prefix, error) ||
        !options_read(request->message, "names", &options, error))
        return false;
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, prefix, error);
    if (!keys)
        return false;
    Writer reply = request_reply(request);
    wire_append_keys(&reply, keys, options.names);
    request_send(request, &reply);
    return true;
}

/* ---- Hosts that calls are about ---- */

static Host *host_of_new(const Request *request)
{
    const char *name;
    if (sd_bus_message_skip(request->message, "a{sv}a(sa{sv})") < 0)
        return NULL;
    return options_peek_host(request->message, &name) ? hosts_find(request->server->hosts, name)
                                                      : hosts_default(request->server->hosts);
}

/* NULL when the domain is found without waiting for any host. */
static Host *host_of_found(const Request *request)
{
    const char *word, *name;
    Host *awaited = NULL;
    if (sd_bus_message_read_basic(request->message, 's', &word) < 0)
        return NULL;
    if (options_peek_host(request->message, &name))
        return hosts_find(request->server->hosts, name);
    for (guint i = request->server->hosts->list->len; i-- > 0;) {
        Host *host = request->server->hosts->list->pdata[i];
        if (startup_hold_awaits(request->server->startup_hold, host))
            awaited = host;
        else if (inventory_find_word(host->inventory, word))
            return NULL;
    }
    return awaited;
}

/* ---- Properties ---- */

static int property_get_version(sd_bus *bus, const char *path, const char *interface,
                                const char *property, sd_bus_message *reply, void *userdata,
                                sd_bus_error *error)
{
    return sd_bus_message_append(reply, "s", DOMWRIGHT_VERSION);
}

static int property_get_hosts(sd_bus *bus, const char *path, const char *interface,
                              const char *property, sd_bus_message *reply, void *userdata,
                              sd_bus_error *error)
{
    const Server *server = userdata;
    int r = sd_bus_message_open_container(reply, 'a', "o");
    for (guint i = 0; r >= 0 && i < server->hosts->list->len; i++)
        r = sd_bus_message_append(reply, "o", ((Host *)server->hosts->list->pdata[i])->path);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* ---- The interface ---- */

static const Method methods[] = {
    {METHOD("Build", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options), ("s", xml)),
     ACCESS_OWN, method_build, METHOD_NEEDS_CAPABILITIES, host_of_new},
    {METHOD("BuildReport", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options),
            ("s", xml, "a{sv}", report)),
     ACCESS_OWN, method_build_report, METHOD_NEEDS_CAPABILITIES, host_of_new},
    {METHOD("Parse", ("s", xml, "a{sv}", options), ("a{sv}", settings, "a(ssa{sv})", devices)),
     ACCESS_OWN, method_parse},
    {METHOD("NewDraft", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options), ("o", draft)),
     ACCESS_OWN, method_new_draft, METHOD_NEEDS_CAPABILITIES, host_of_new},
    {METHOD("ImportDraft", ("s", xml, "a{sv}", options), ("o", draft)), ACCESS_OWN,
     method_import_draft},
    {METHOD("ListDrafts", ("a{sv}", options), ("ao", drafts)), ACCESS_OWN, method_list_drafts},
    {METHOD("FindDomain", ("s", name_or_uuid, "a{sv}", options), ("o", domain)), ACCESS_READ,
     method_find_domain, METHOD_FROM_MEMORY, host_of_found},
    {METHOD("DescribeKeys", ("s", kind, "s", prefix, "a{sv}", options), ("aa{sv}", keys)),
     ACCESS_OWN, method_describe_keys, METHOD_LONG_ANSWER},
};

static const sd_bus_vtable others[] = {
    CONSTANT("Version", "s", property_get_version),
    CHANGING("Hosts", "ao", property_get_hosts),
    SD_BUS_VTABLE_END,
};

const Interface manager_interface = {DOMWRIGHT_MANAGER_INTERFACE, methods, G_N_ELEMENTS(methods),
                                     others};
