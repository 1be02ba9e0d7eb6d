/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* org.domwright1.Domain: handlers, properties and table; everything about one domain but its
 * configuration. Main thread. */
#include "api/clone.h"
#include "api/domain-properties.h"
#include "api/interfaces.h"
#include "base/error.h"
#include "bus/wire.h"
#include "calls/call.h"
#include "operations/edits/edit.h"
#include "operations/edits/pending.h"
#include "operations/history-read.h"
#include "operations/power.h"
#include "operations/reads/read.h"
#include "operations/restart.h"
#include "operations/start-once.h"

static bool submit_action(Request *request, Object *object, VirtAction action, GError **error)
{
    Options options = {0};
    if (!options_read(request->message, OPTIONS_NONE, &options, error))
        return false;
    Operation *operation = &power_operation_new(action, 0)->base;
    return call_on_object(request, object, operation, reply_nothing, error);
}

/* With nothing different it needs no document. */
static bool method_start(Request *request, Object *object, GError **error)
{
    g_auto(Options) options = {0};
    if (!options_read(request->message, "paused boot settings until", &options, error))
        return false;
    if (!options.boot && !options.settings && !options.until) {
        VirtAction action = options.paused ? VIRT_START_PAUSED : VIRT_START;
        return call_on_object(request, object, &power_operation_new(action, 0)->base, reply_nothing,
                              error);
    }
    StartOperation *start = start_operation_new(&options, error);
    return start && call_on_object(request, object, &start->change.base, reply_nothing, error);
}

static bool method_shutdown(Request *request, Object *object, GError **error)
{
    return submit_action(request, object, VIRT_SHUT_DOWN, error);
}

static bool method_destroy(Request *request, Object *object, GError **error)
{
    return submit_action(request, object, VIRT_DESTROY, error);
}

static bool method_reboot(Request *request, Object *object, GError **error)
{
    return submit_action(request, object, VIRT_REBOOT, error);
}

static bool method_reset(Request *request, Object *object, GError **error)
{
    return submit_action(request, object, VIRT_RESET, error);
}

static bool method_suspend(Request *request, Object *object, GError **error)
{
    return submit_action(request, object, VIRT_SUSPEND, error);
}

static bool method_resume(Request *request, Object *object, GError **error)
{
    return submit_action(request, object, VIRT_RESUME, error);
}

static bool method_restart(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &restart_operation_new()->base;
    return options_read(request->message, "timeout force", &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_nothing, error);
}

static bool method_set_autostart(Request *request, Object *object, GError **error)
{
    int autostart;
    if (sd_bus_message_read_basic(request->message, 'b', &autostart) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Malformed message.");
        return false;
    }
    return submit_action(request, object, autostart ? VIRT_AUTOSTART_ON : VIRT_AUTOSTART_OFF,
                         error);
}

static bool method_undefine(Request *request, Object *object, GError **error)
{
    g_auto(Options) options = {0};
    if (!options_read(request->message, "nvram managed-save snapshots-metadata", &options, error))
        return false;
    VirtUndefineFlags flags =
        (options.nvram == CHOICE_YES ? VIRT_UNDEFINE_NVRAM : 0) |
        (options.nvram == CHOICE_NO ? VIRT_UNDEFINE_KEEP_NVRAM : 0) |
        (options.managed_save == CHOICE_YES ? VIRT_UNDEFINE_MANAGED_SAVE : 0) |
        (options.snapshots_metadata == CHOICE_YES ? VIRT_UNDEFINE_SNAPSHOTS : 0);
    Operation *operation = &power_operation_new(VIRT_UNDEFINE, flags)->base;
    return call_on_object(request, object, operation, reply_nothing, error);
}

static bool method_rename(Request *request, Object *object, GError **error)
{
    const Domain *domain = (const Domain *)object;
    EditOperation *edit = edit_operation_new(EDIT_RENAME);
    g_autoptr(Operation) operation = &edit->change.base;
    const char *name;
    if (!wire_read_string(request->message, &name, error) ||
        !options_read(request->message, "dry-run diff expected-revision affect",
                      &operation->options, error) ||
        !options_check_affect(&operation->options, error))
        return false;
    if (!domain->persistent) {
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "The domain is transient: it keeps its name until it stops, and is gone then.");
        return false;
    }
    edit->name = g_strdup(name);
    edit->uri = g_strdup(domain->inventory->host->uri);
    return call_on_object(request, object, g_steal_pointer(&operation), reply_result, error);
}

static bool method_edit(Request *request, Object *object, GError **error)
{
    const Domain *domain = (const Domain *)object;
    g_auto(Options) options = {0};
    if (!options_read(request->message, "clone name disks new-serials drop-hostdevs", &options,
                      error) ||
        !clone_check_options(&options, error))
        return false;
    return options.clone ? clone_start(request, domain, &options, error)
                         : call_for_draft_of(request, domain,
                                             &read_operation_new(READ_FOR_DRAFT)->base, error);
}

/* ---- What waits ---- */

static void append_side(Writer *reply, const char *name, bool has, const DwValue *value)
{
    if (!has)
        return;
    writer_open(reply, 'e', "sv");
    writer_basic(reply, 's', name);
    wire_append_variant(reply, value);
    writer_close(reply);
}

static void append_pending(Writer *reply, const DwPending *row)
{
    writer_open(reply, 'a', "{sv}");
    writer_append(reply, "{sv}", "kind", "s", row->kind);
    writer_append(reply, "{sv}", "id", "s", row->id);
    writer_append(reply, "{sv}", "key", "s", row->key);
    append_side(reply, "live", row->has_live, &row->live);
    append_side(reply, "config", row->has_config, &row->config);
    writer_append(reply, "{sv}", "waits", "s", dw_waits_name(row->waits));
    writer_append(reply, "{sv}", "sure", "b", (int)row->sure);
    writer_close(reply);
}

static void reply_pending(Writer *reply, const Outcome *outcome)
{
    const GPtrArray *rows = ((const PendingOperation *)outcome->operation)->pending.rows;
    writer_open(reply, 'a', "a{sv}");
    for (guint i = 0; i < rows->len; i++)
        append_pending(reply, rows->pdata[i]);
    writer_close(reply);
}

static bool method_list_pending(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &pending_operation_new()->base;
    return options_read(request->message, OPTIONS_NONE, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_pending, error);
}

/* ---- History ---- */

static void append_text(Writer *reply, const char *key, const char *value)
{
    writer_append(reply, "{sv}", key, "s", value ? value : "");
}

/* kind, id, … as a(ss). */
static void append_devices(Writer *reply, char **devices)
{
    writer_open_entry(reply, "devices", "a(ss)");
    writer_open(reply, 'a', "(ss)");
    for (char **device = devices; device && device[0] && device[1]; device += 2)
        writer_append(reply, "(ss)", device[0], device[1]);
    writer_close(reply);
    writer_close_entry(reply);
}

static void append_change(Writer *reply, const HistoryChange *change)
{
    writer_open(reply, 'a', "{sv}");
    append_text(reply, "revision", change->revision);
    writer_append(reply, "{sv}", "time", "t", change->time);
    writer_append(reply, "{sv}", "uid", "u", change->uid);
    append_text(reply, "user", change->user);
    append_text(reply, "origin", history_origin_name(change->origin));
    append_text(reply, "summary", change->summary);
    writer_strings_entry(reply, "keys", change->keys);
    append_devices(reply, change->devices);
    append_text(reply, "affect", change->affect);
    writer_append(reply, "{sv}", "undone", "b", (int)change->undone);
    writer_close(reply);
}

static void reply_history(Writer *reply, const Outcome *outcome)
{
    const HistoryReadOperation *read = (const HistoryReadOperation *)outcome->operation;
    writer_open(reply, 'a', "a{sv}");
    for (guint i = 0; i < read->changes->len; i++)
        append_change(reply, read->changes->pdata[i]);
    writer_close(reply);
}

static bool read_revision(Request *request, char **ret_revision, GError **error)
{
    const char *revision;
    if (!wire_read_string(request->message, &revision, error))
        return false;
    *ret_revision = g_strdup(revision);
    return true;
}

static bool method_list_history(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &history_read_operation_new(HISTORY_READ_LIST)->base;
    return options_read(request->message, "limit before", &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_history, error);
}

static bool method_get_history_xml(Request *request, Object *object, GError **error)
{
    HistoryReadOperation *read = history_read_operation_new(HISTORY_READ_XML);
    g_autoptr(Operation) operation = &read->base;
    return read_revision(request, &read->from, error) &&
           options_read(request->message, OPTIONS_NONE, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_text, error);
}

static bool method_diff_history(Request *request, Object *object, GError **error)
{
    HistoryReadOperation *read = history_read_operation_new(HISTORY_READ_DIFF);
    g_autoptr(Operation) operation = &read->base;
    return read_revision(request, &read->from, error) && read_revision(request, &read->to, error) &&
           options_read(request->message, OPTIONS_NONE, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_text, error);
}

static bool method_restore(Request *request, Object *object, GError **error)
{
    EditOperation *edit = edit_operation_new(EDIT_RESTORE);
    g_autoptr(Operation) operation = &edit->change.base;
    return read_revision(request, &edit->restored, error) &&
           options_read(request->message, "dry-run diff expected-revision " OPTIONS_AFFECT,
                        &operation->options, error) &&
           options_affect(&operation->options, &edit->change.affect, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_result, error);
}

/* ---- Properties ---- */

static int property_get_domain(sd_bus *bus, const char *path, const char *interface,
                               const char *property, sd_bus_message *reply, void *userdata,
                               sd_bus_error *error)
{
    int number = domain_property(property);
    Writer writer = writer_on(reply, number < 0 ? -ENOENT : 0);
    if (number >= 0)
        domain_append_value(&writer, userdata, number);
    return writer.error;
}

/* ---- The interface ---- */

static const Method methods[] = {
    {METHOD("Edit", ("a{sv}", options), ("o", draft)), ACCESS_READ, method_edit},
    {METHOD("SetAutostart", ("b", autostart, "a{sv}", options), (NULL)), ACCESS_CONTROL,
     method_set_autostart},
    {METHOD("Undefine", ("a{sv}", options), (NULL)), ACCESS_UNDEFINE, method_undefine},
    {METHOD("Rename", ("s", name, "a{sv}", options), ("a{sv}", result)), ACCESS_CHANGE,
     method_rename, METHOD_NEEDS_CAPABILITIES},
    {METHOD("Start", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_start},
    {METHOD("Restart", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_restart},
    {METHOD("Shutdown", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_shutdown},
    {METHOD("Destroy", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_destroy},
    {METHOD("Reboot", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_reboot},
    {METHOD("Reset", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_reset},
    {METHOD("Suspend", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_suspend},
    {METHOD("Resume", ("a{sv}", options), (NULL)), ACCESS_CONTROL, method_resume},
    {METHOD("ListPending", ("a{sv}", options), ("aa{sv}", pending)), ACCESS_READ,
     method_list_pending},
    {METHOD("ListHistory", ("a{sv}", options), ("aa{sv}", history)), ACCESS_READ,
     method_list_history},
    {METHOD("GetHistoryXML", ("s", revision, "a{sv}", options), ("s", xml)), ACCESS_READ,
     method_get_history_xml},
    {METHOD("DiffHistory", ("s", from, "s", to, "a{sv}", options), ("s", diff)), ACCESS_READ,
     method_diff_history},
    {METHOD("Restore", ("s", revision, "a{sv}", options), ("a{sv}", result)), ACCESS_CHANGE,
     method_restore, METHOD_NEEDS_CAPABILITIES},
};

static const sd_bus_vtable others[] = {
    CHANGING("Name", "s", property_get_domain),
    CONSTANT("UUID", "s", property_get_domain),
    CHANGING("Id", "i", property_get_domain),
    CHANGING("State", "s", property_get_domain),
    CHANGING("Active", "b", property_get_domain),
    CHANGING("Persistent", "b", property_get_domain),
    CHANGING("Autostart", "b", property_get_domain),
    CHANGING("Title", "s", property_get_domain),
    CONSTANT("Host", "o", property_get_domain),
    CHANGING("StartedAt", "t", property_get_domain),
    CHANGING("Pending", "b", property_get_domain),
    SD_BUS_VTABLE_END,
};

const Interface domain_interface = {DOMWRIGHT_DOMAIN_INTERFACE, methods, G_N_ELEMENTS(methods),
                                    others};
