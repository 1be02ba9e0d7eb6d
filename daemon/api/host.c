/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Host: handlers, properties and table; defining, listing, and what the host can do.
 * Main thread. */
#include <string.h>

#include "api/apply-all.h"
#include "api/domain-list.h"
#include "api/interfaces.h"
#include "base/error.h"
#include "bus/wire.h"
#include "calls/call.h"
#include "operations/define.h"
#include "operations/edits/edit.h"
#include "operations/history-read.h"
#include "operations/reads/capabilities.h"
#include "operations/reads/choices.h"

#define MACHINE_OPTIONS "arch machine type emulator"

static bool method_define(Request *request, Object *object, GError **error)
{
    DefineOperation *define = define_operation_new();
    g_autoptr(Operation) operation = &define->change.base;
    return wire_read_settings(request->message, &define->input.settings, error) &&
           wire_read_devices(request->message, &define->input.devices, error) &&
           options_read(request->message, "preset dry-run diff affect", &operation->options,
                        error) &&
           options_check_affect(&operation->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&operation), reply_path_and_result,
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
    Domain *domain =
        text && uuid_parse(text, &uuid) ? inventory_find(host->inventory, &uuid) : NULL;
    if (!domain)
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND,
                    "Option expected-revision: there is no domain of uuid %s to replace.",
                    text ? text : "(none)");
    return domain;
}

static bool define_new(Request *request, Host *host, const char *xml, Options *options,
                       GError **error)
{
    DefineOperation *define = define_operation_new();
    define->xml = g_strdup(xml);
    define->change.base.options = *options;
    *options = (Options){0};
    return call_on_host(request, host, &define->change.base, reply_path_and_result, error);
}

static bool define_over(Request *request, Domain *domain, const char *xml, Options *options,
                        GError **error)
{
    EditOperation *edit = edit_operation_new(EDIT_REPLACE);
    g_autoptr(Operation) operation = &edit->change.base;
    edit->xml = g_strdup(xml);
    operation->options = *options;
    *options = (Options){0};
    return options_affect(&operation->options, &edit->change.affect, error) &&
           call_on_object(request, &domain->object, g_steal_pointer(&operation),
                          reply_path_and_result, error);
}

/* Without a revision the domain must be new; with one it must be there and still have it. */
static bool method_define_xml(Request *request, Object *object, GError **error)
{
    Host *host = (Host *)object;
    const char *xml;
    g_auto(Options) options = {0};
    if (!wire_read_string(request->message, &xml, error) ||
        !options_read(request->message, "dry-run diff expected-revision " OPTIONS_AFFECT, &options,
                      error) ||
        !request_check_text(xml, error))
        return false;
    if (!options.expected_revision)
        return options_check_affect(&options, error) &&
               define_new(request, host, xml, &options, error);
    Domain *domain = find_replaced(host, xml, error);
    return domain && define_over(request, domain, xml, &options, error);
}

/* ---- Domains that are gone ---- */

static void append_lost(Writer *reply, const HistoryLost *lost)
{
    const HistoryChange *change = lost->change;
    writer_open(reply, 'a', "{sv}");
    writer_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "uuid", "s", lost->uuid, "name", "s",
                  change->name, "time", "t", change->time, "uid", "u", change->uid, "user", "s",
                  change->user ? change->user : "", "origin", "s",
                  history_origin_name(change->origin), "revision", "s", change->revision);
    writer_close(reply);
}

static void reply_lost(Writer *reply, const Outcome *outcome)
{
    const HistoryReadOperation *read = (const HistoryReadOperation *)outcome->operation;
    writer_open(reply, 'a', "a{sv}");
    for (guint i = 0; i < read->lost->len; i++)
        append_lost(reply, read->lost->pdata[i]);
    writer_close(reply);
}

static bool method_list_recoverable(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &history_read_operation_new(HISTORY_READ_LOST)->base;
    return options_read(request->message, OPTIONS_NONE, &operation->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&operation), reply_lost, error);
}

static bool method_recover(Request *request, Object *object, GError **error)
{
    const char *text;
    DefineOperation *define = define_operation_new();
    g_autoptr(Operation) operation = &define->change.base;
    if (!wire_read_string(request->message, &text, error))
        return false;
    Uuid uuid;
    if (!uuid_parse(text, &uuid)) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "\"%s\" is no UUID.", text);
        return false;
    }
    define->recovered = g_malloc(UUID_TEXT);
    uuid_format(&uuid, define->recovered);
    return options_read(request->message, "name dry-run diff", &operation->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&operation), reply_path_and_result,
                        error);
}

/* ---- Lists ---- */

static bool method_list_domains(Request *request, Object *object, GError **error)
{
    Host *host = (Host *)object;
    g_auto(Options) options = {0};
    return options_read(request->message, "columns active name live", &options, error) &&
           host_queue_check(host->queue, error) &&
           domain_list_answer(request, host, &options, error);
}

/* ---- Many domains ---- */

static bool method_apply_all(Request *request, Object *object, GError **error)
{
    return apply_all_answer(request, (Host *)object, error);
}

/* ---- Capabilities ---- */

static void append_capabilities(Writer *reply, const DwCapabilities *capabilities)
{
    g_autoptr(DwSettings) settings = dw_capabilities_describe(capabilities);
    writer_open(reply, 'a', "{sv}");
    wire_append_entries(reply, settings);
    writer_open_entry(reply, "guests", "aa{sv}");
    wire_append_guests(reply, dw_capabilities_guests(capabilities));
    writer_close_entry(reply);
    writer_close(reply);
}

static bool method_get_capabilities(Request *request, Object *object, GError **error)
{
    const Host *host = (Host *)object;
    Options options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error) ||
        !host_queue_check(host->queue, error))
        return false;
    g_auto(HostView) view = {0};
    host_view_fill(host->capabilities, NULL, NULL, &view);
    if (!view.host.capabilities) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "Libvirt reported no capabilities for host %s.", host->name);
        return false;
    }
    Writer reply = request_reply(request);
    append_capabilities(&reply, view.host.capabilities);
    request_send(request, &reply);
    return true;
}

static bool method_get_capabilities_xml(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &capabilities_operation_new(CAPABILITIES_XML)->base;
    return options_read(request->message, OPTIONS_NONE, &operation->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&operation), reply_text, error);
}

static void reply_settings(Writer *reply, const Outcome *outcome)
{
    const Operation *operation = outcome->operation;
    wire_append_settings(reply, ((const CapabilitiesOperation *)operation)->settings);
}

static bool method_get_domain_capabilities(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &capabilities_operation_new(CAPABILITIES_DOMAIN)->base;
    return options_read(request->message, MACHINE_OPTIONS, &operation->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&operation), reply_settings,
                        error);
}

static bool method_get_domain_capabilities_xml(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &capabilities_operation_new(CAPABILITIES_DOMAIN_XML)->base;
    return options_read(request->message, MACHINE_OPTIONS, &operation->options, error) &&
           call_on_host(request, (Host *)object, g_steal_pointer(&operation), reply_text, error);
}

static void append_choices(Writer *reply, const ChoiceList *list, bool names_key)
{
    for (guint i = 0; i < list->choices->len; i++) {
        const DwChoice *choice = list->choices->pdata[i];
        bool chosen = g_strcmp0(choice->value, list->chosen) == 0;
        writer_open(reply, 'a', "{sv}");
        if (names_key)
            writer_append(reply, "{sv}", "key", "s", list->key);
        writer_append(reply, "{sv}{sv}{sv}", "value", "s", choice->value, "doc", "s", choice->doc,
                      "default", "b", (int)chosen);
        writer_close(reply);
    }
}

static void reply_choices(Writer *reply, const Outcome *outcome)
{
    const ChoicesOperation *operation = (const ChoicesOperation *)outcome->operation;
    writer_open(reply, 'a', "a{sv}");
    for (guint i = 0; i < operation->lists->len; i++)
        append_choices(reply, operation->lists->pdata[i], !*operation->key);
    writer_close(reply);
}

/* key "": all of the kind. */
static bool check_key(const char *kind, const char *key, GError **error)
{
    DwKey *row = dw_key_find(kind, key);
    if (row) {
        dw_key_free(row);
        return true;
    }
    if (strcmp(kind, "*") == 0) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY,
                    "Choices are those of one kind of device, or of \"\", a domain's settings.");
        return false;
    }
    g_autoptr(GPtrArray) rows = dw_keys_describe(kind, "", error); /* an unknown kind */
    return rows && (!*key || dw_key_unknown(kind, key, error));
}

static bool method_list_choices(Request *request, Object *object, GError **error)
{
    const char *kind, *key;
    g_auto(Options) options = {0};
    if (!wire_read_string(request->message, &kind, error) ||
        !wire_read_string(request->message, &key, error) ||
        !options_read(request->message, MACHINE_OPTIONS " pool", &options, error) ||
        !check_key(kind, key, error))
        return false;
    Operation *operation = &choices_operation_new(kind, key)->base;
    operation->options = options;
    options = (Options){0};
    return call_on_host(request, (Host *)object, operation, reply_choices, error);
}

/* ---- Properties ---- */

static int property_get_text(sd_bus *bus, const char *path, const char *interface,
                             const char *property, sd_bus_message *reply, void *userdata,
                             sd_bus_error *error)
{
    const Host *host = userdata;
    const struct {
        const char *property, *text;
    } texts[] = {
        {"Name", host->name},
        {"Uri", host->uri},
        {"Hostname", connector_hostname(host->connector)},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (g_strcmp0(texts[i].property, property) == 0)
            return sd_bus_message_append(reply, "s", texts[i].text);
    }
    return -ENOENT;
}

static int property_get_version(sd_bus *bus, const char *path, const char *interface,
                                const char *property, sd_bus_message *reply, void *userdata,
                                sd_bus_error *error)
{
    const Host *host = userdata;
    uint64_t version = g_strcmp0(property, "LibvirtVersion") == 0
                           ? connector_version(host->connector)
                           : poll_hypervisor_version(host->poll);
    char text[32] = "";
    if (version > 0)
        g_snprintf(text, sizeof text, "%u.%u.%u", (unsigned)(version / 1000000),
                   (unsigned)(version / 1000 % 1000), (unsigned)(version % 1000));
    return sd_bus_message_append(reply, "s", text);
}

static int property_get_connected(sd_bus *bus, const char *path, const char *interface,
                                  const char *property, sd_bus_message *reply, void *userdata,
                                  sd_bus_error *error)
{
    const Host *host = userdata;
    return sd_bus_message_append(reply, "b", (int)(connector_is_connected(host->connector)));
}

/* ---- The interface ---- */

static const Method methods[] = {
    {METHOD("Define", ("a{sv}", settings, "a(sa{sv})", devices, "a{sv}", options),
            ("o", domain, "a{sv}", result)),
     ACCESS_CHANGE, method_define, METHOD_NEEDS_CAPABILITIES},
    {METHOD("DefineXML", ("s", xml, "a{sv}", options), ("o", domain, "a{sv}", result)),
     ACCESS_CHANGE, method_define_xml, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ListDomains", ("a{sv}", options), ("a(oa{sv})", domains)), ACCESS_READ,
     method_list_domains, METHOD_FROM_MEMORY | METHOD_LISTS_DOMAINS},
    {METHOD("GetCapabilities", ("a{sv}", options), ("a{sv}", capabilities)), ACCESS_READ,
     method_get_capabilities, METHOD_FROM_MEMORY | METHOD_NEEDS_CAPABILITIES},
    {METHOD("GetDomainCapabilities", ("a{sv}", options), ("a{sv}", capabilities)), ACCESS_READ,
     method_get_domain_capabilities, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ListChoices", ("s", kind, "s", key, "a{sv}", options), ("aa{sv}", choices)),
     ACCESS_READ, method_list_choices, METHOD_NEEDS_CAPABILITIES},
    {METHOD("GetCapabilitiesXML", ("a{sv}", options), ("s", xml)), ACCESS_READ,
     method_get_capabilities_xml},
    {METHOD("GetDomainCapabilitiesXML", ("a{sv}", options), ("s", xml)), ACCESS_READ,
     method_get_domain_capabilities_xml, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ApplyAll", ("a{sv}", filter, "a(sssa{sv}as)", edits, "a{sv}", options),
            ("a(oa{sv})", results)),
     ACCESS_CHANGE, method_apply_all, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ListRecoverable", ("a{sv}", options), ("aa{sv}", domains)), ACCESS_READ,
     method_list_recoverable},
    {METHOD("Recover", ("s", uuid, "a{sv}", options), ("o", domain, "a{sv}", result)),
     ACCESS_CHANGE, method_recover, METHOD_NEEDS_CAPABILITIES},
};

static const sd_bus_vtable others[] = {
    CONSTANT("Name", "s", property_get_text),
    CONSTANT("Uri", "s", property_get_text),
    CHANGING("Connected", "b", property_get_connected),
    CHANGING("Hostname", "s", property_get_text),
    CHANGING("LibvirtVersion", "s", property_get_version),
    CHANGING("HypervisorVersion", "s", property_get_version),
    SD_BUS_VTABLE_END,
};

const Interface host_interface = {DOMWRIGHT_HOST_INTERFACE, methods, G_N_ELEMENTS(methods), others};
