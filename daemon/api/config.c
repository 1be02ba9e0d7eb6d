/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.domwright1.Config, on domains and drafts alike: handlers, property and table. Every change is
 * a list of edits; which document they are applied to is decided by call-life.c. Main thread.
 */
#include <string.h>

#include "api/interfaces.h"
#include "base/error.h"
#include "bus/wire.h"
#include "calls/call.h"
#include "operations/edits/edit.h"
#include "operations/reads/read.h"

/* ---- Reading ---- */

static const ReadOperation *read_of(const Outcome *outcome)
{
    return (const ReadOperation *)outcome->operation;
}

static void reply_describe(Writer *reply, const Outcome *outcome)
{
    const ReadOperation *read = read_of(outcome);
    wire_append_settings(reply, read->settings);
    wire_append_devices(reply, read->devices);
    writer_basic(reply, 's', read->revision);
}

static void reply_settings(Writer *reply, const Outcome *outcome)
{
    wire_append_settings(reply, read_of(outcome)->settings);
}

static void reply_devices(Writer *reply, const Outcome *outcome)
{
    wire_append_devices(reply, read_of(outcome)->devices);
}

static void reply_problems(Writer *reply, const Outcome *outcome)
{
    wire_append_problems(reply, read_of(outcome)->problems);
}

static bool method_describe(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &read_operation_new(READ_ALL)->base;
    return options_read(request->message, OPTIONS_READ, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_describe, error);
}

static bool method_get_settings(Request *request, Object *object, GError **error)
{
    ReadOperation *read = read_operation_new(READ_SETTINGS);
    g_autoptr(Operation) operation = &read->base;
    return wire_read_strings(request->message, &read->keys, error) &&
           options_read(request->message, OPTIONS_READ, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_settings, error);
}

static bool read_copy(sd_bus_message *message, char **ret, GError **error)
{
    const char *string;
    if (!wire_read_string(message, &string, error))
        return false;
    *ret = g_strdup(string);
    return true;
}

static bool method_get_devices(Request *request, Object *object, GError **error)
{
    ReadOperation *read = read_operation_new(READ_DEVICES);
    g_autoptr(Operation) operation = &read->base;
    return read_copy(request->message, &read->kind, error) &&
           options_read(request->message, OPTIONS_READ, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_devices, error);
}

static bool method_validate(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &read_operation_new(READ_PROBLEMS)->base;
    return options_read(request->message, "live", &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_problems, error);
}

static bool method_get_xml(Request *request, Object *object, GError **error)
{
    g_autoptr(Operation) operation = &read_operation_new(READ_XML)->base;
    return options_read(request->message, OPTIONS_READ, &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_text, error);
}

static bool method_get_metadata(Request *request, Object *object, GError **error)
{
    ReadOperation *read = read_operation_new(READ_METADATA);
    g_autoptr(Operation) operation = &read->base;
    return read_copy(request->message, &read->uri, error) &&
           options_read(request->message, "live", &operation->options, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply_text, error);
}

/* ---- Changing ---- */

/* Reads the options and starts the edit, which it takes. */
static bool start_edit(Request *request, Object *object, EditOperation *edit, ReplyFunc reply,
                       GError **error)
{
    g_autoptr(Operation) operation = &edit->change.base;
    return options_read(request->message, OPTIONS_EDIT, &operation->options, error) &&
           options_affect(&operation->options, &edit->change.affect, error) &&
           call_on_object(request, object, g_steal_pointer(&operation), reply, error);
}

/* Takes values. */
static bool edit_once(Request *request, Object *object, DwVerb verb, const char *kind,
                      const char *id, DwSettings *values, char **unset, ReplyFunc reply,
                      GError **error)
{
    EditOperation *edit = edit_operation_new(EDIT_APPLY);
    edit->edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edit->edits, dw_edit_new(verb, kind, id, values, (const char *const *)unset));
    return start_edit(request, object, edit, reply, error);
}

static bool method_modify(Request *request, Object *object, GError **error)
{
    g_autoptr(DwSettings) changes = NULL;
    g_auto(GStrv) unset = NULL;
    return wire_read_settings(request->message, &changes, error) &&
           wire_read_strings(request->message, &unset, error) &&
           edit_once(request, object, DW_VERB_SET, "", "", g_steal_pointer(&changes), unset,
                     reply_result, error);
}

static bool add_device(Request *request, Object *object, const char *kind, GError **error)
{
    g_autoptr(DwSettings) properties = NULL;
    return wire_read_settings(request->message, &properties, error) &&
           edit_once(request, object, DW_VERB_ADD, kind, "", g_steal_pointer(&properties), NULL,
                     reply_id_and_result, error);
}

static bool modify_device(Request *request, Object *object, const char *kind, GError **error)
{
    const char *id;
    g_autoptr(DwSettings) changes = NULL;
    g_auto(GStrv) unset = NULL;
    return wire_read_string(request->message, &id, error) &&
           wire_read_settings(request->message, &changes, error) &&
           wire_read_strings(request->message, &unset, error) &&
           edit_once(request, object, DW_VERB_MODIFY, kind, id, g_steal_pointer(&changes), unset,
                     reply_result, error);
}

static bool remove_device(Request *request, Object *object, const char *kind, GError **error)
{
    const char *id;
    return wire_read_string(request->message, &id, error) &&
           edit_once(request, object, DW_VERB_REMOVE, kind, id, NULL, NULL, reply_result, error);
}

static bool method_add_device(Request *request, Object *object, GError **error)
{
    const char *kind;
    return wire_read_string(request->message, &kind, error) &&
           add_device(request, object, kind, error);
}

static bool method_modify_device(Request *request, Object *object, GError **error)
{
    const char *kind;
    return wire_read_string(request->message, &kind, error) &&
           modify_device(request, object, kind, error);
}

static bool method_remove_device(Request *request, Object *object, GError **error)
{
    const char *kind;
    return wire_read_string(request->message, &kind, error) &&
           remove_device(request, object, kind, error);
}

static bool method_add_disk(Request *request, Object *object, GError **error)
{
    return add_device(request, object, "disk", error);
}

static bool method_modify_disk(Request *request, Object *object, GError **error)
{
    return modify_device(request, object, "disk", error);
}

static bool method_remove_disk(Request *request, Object *object, GError **error)
{
    return remove_device(request, object, "disk", error);
}

static bool method_set_hyperv(Request *request, Object *object, GError **error)
{
    g_autoptr(DwSettings) features = NULL;
    return wire_read_settings(request->message, &features, error) &&
           edit_once(request, object, DW_VERB_HYPERV, "", "", g_steal_pointer(&features), NULL,
                     reply_result, error);
}

static bool method_set_boot_order(Request *request, Object *object, GError **error)
{
    g_auto(GStrv) devices = NULL;
    if (!wire_read_device_names(request->message, &devices, error))
        return false;
    g_autoptr(DwSettings) values = dw_settings_new();
    dw_settings_put(values, "devices", dw_value_strings((const char *const *)devices));
    return edit_once(request, object, DW_VERB_BOOT, "", "", g_steal_pointer(&values), NULL,
                     reply_result, error);
}

static bool method_apply_preset(Request *request, Object *object, GError **error)
{
    const char *name;
    return wire_read_string(request->message, &name, error) &&
           edit_once(request, object, DW_VERB_PRESET, "", name, NULL, NULL, reply_result, error);
}

static bool method_apply(Request *request, Object *object, GError **error)
{
    g_autoptr(GPtrArray) edits = NULL;
    if (!wire_read_edits(request->message, &edits, error))
        return false;
    EditOperation *edit = edit_operation_new(EDIT_APPLY);
    edit->edits = g_steal_pointer(&edits);
    return start_edit(request, object, edit, reply_ids_and_result, error);
}

static bool method_change_media(Request *request, Object *object, GError **error)
{
    const char *target;
    g_autoptr(DwSettings) source = NULL;
    return wire_read_string(request->message, &target, error) &&
           wire_read_settings(request->message, &source, error) &&
           edit_once(request, object, DW_VERB_MEDIA, "disk", target, g_steal_pointer(&source), NULL,
                     reply_result, error);
}

static bool method_set_metadata(Request *request, Object *object, GError **error)
{
    EditOperation *edit = edit_operation_new(EDIT_SET_METADATA);
    g_autoptr(Operation) operation = &edit->change.base;
    if (!read_copy(request->message, &edit->uri, error) ||
        !read_copy(request->message, &edit->xml, error) || !request_check_text(edit->xml, error))
        return false;
    g_steal_pointer(&operation);
    return start_edit(request, object, edit, reply_result, error);
}

/* ---- Properties ---- */

/* Only reached where revision-property.c finds no object, and then there is none. */
static int property_get_revision(sd_bus *bus, const char *path, const char *interface,
                                 const char *property, sd_bus_message *reply, void *userdata,
                                 sd_bus_error *error)
{
    return sd_bus_error_set(error, SD_BUS_ERROR_UNKNOWN_OBJECT, "There is no such object.");
}

/* ---- The interface ---- */

static const Method methods[] = {
    {METHOD("Describe", ("a{sv}", options),
            ("a{sv}", settings, "a(ssa{sv})", devices, "s", revision)),
     ACCESS_READ, method_describe},
    {METHOD("GetSettings", ("as", keys, "a{sv}", options), ("a{sv}", settings)), ACCESS_READ,
     method_get_settings},
    {METHOD("GetDevices", ("s", kind, "a{sv}", options), ("a(ssa{sv})", devices)), ACCESS_READ,
     method_get_devices},
    {METHOD("Modify", ("a{sv}", changes, "as", unset, "a{sv}", options), ("a{sv}", result)),
     ACCESS_CHANGE, method_modify, METHOD_NEEDS_CAPABILITIES},
    {METHOD("AddDevice", ("s", kind, "a{sv}", properties, "a{sv}", options),
            ("s", id, "a{sv}", result)),
     ACCESS_CHANGE, method_add_device, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ModifyDevice", ("s", kind, "s", id, "a{sv}", changes, "as", unset, "a{sv}", options),
            ("a{sv}", result)),
     ACCESS_CHANGE, method_modify_device, METHOD_NEEDS_CAPABILITIES},
    {METHOD("RemoveDevice", ("s", kind, "s", id, "a{sv}", options), ("a{sv}", result)),
     ACCESS_CHANGE, method_remove_device, METHOD_NEEDS_CAPABILITIES},
    {METHOD("AddDisk", ("a{sv}", properties, "a{sv}", options), ("s", target, "a{sv}", result)),
     ACCESS_CHANGE, method_add_disk, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ModifyDisk", ("s", target, "a{sv}", changes, "as", unset, "a{sv}", options),
            ("a{sv}", result)),
     ACCESS_CHANGE, method_modify_disk, METHOD_NEEDS_CAPABILITIES},
    {METHOD("RemoveDisk", ("s", target, "a{sv}", options), ("a{sv}", result)), ACCESS_CHANGE,
     method_remove_disk, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ChangeMedia", ("s", target, "a{sv}", source, "a{sv}", options), ("a{sv}", result)),
     ACCESS_CHANGE, method_change_media, METHOD_NEEDS_CAPABILITIES},
    {METHOD("SetHyperV", ("a{sv}", features, "a{sv}", options), ("a{sv}", result)), ACCESS_CHANGE,
     method_set_hyperv, METHOD_NEEDS_CAPABILITIES},
    {METHOD("SetBootOrder", ("a(ss)", devices, "a{sv}", options), ("a{sv}", result)), ACCESS_CHANGE,
     method_set_boot_order, METHOD_NEEDS_CAPABILITIES},
    {METHOD("ApplyPreset", ("s", name, "a{sv}", options), ("a{sv}", result)), ACCESS_CHANGE,
     method_apply_preset, METHOD_NEEDS_CAPABILITIES},
    {METHOD("Apply", ("a(sssa{sv}as)", edits, "a{sv}", options), ("as", ids, "a{sv}", result)),
     ACCESS_CHANGE, method_apply, METHOD_NEEDS_CAPABILITIES},
    {METHOD("Validate", ("a{sv}", options), ("aa{sv}", problems)), ACCESS_READ, method_validate,
     METHOD_NEEDS_CAPABILITIES},
    {METHOD("GetXML", ("a{sv}", options), ("s", xml)), ACCESS_READ, method_get_xml},
    {METHOD("GetMetadata", ("s", uri, "a{sv}", options), ("s", xml)), ACCESS_READ,
     method_get_metadata},
    {METHOD("SetMetadata", ("s", uri, "s", xml, "a{sv}", options), ("a{sv}", result)),
     ACCESS_CHANGE, method_set_metadata, METHOD_NEEDS_CAPABILITIES},
};

static const sd_bus_vtable others[] = {
    SD_BUS_SIGNAL_WITH_ARGS("Changed",
                            SD_BUS_ARGS("b", live, "as", keys, "a(ss)", devices, "s", revision), 0),
    SD_BUS_PROPERTY("Revision", "s", property_get_revision, 0,
                    SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION | SD_BUS_VTABLE_PROPERTY_EXPLICIT),
    SD_BUS_VTABLE_END,
};

const Interface config_interface = {DOMWRIGHT_CONFIG_INTERFACE, methods, G_N_ELEMENTS(methods),
                                    others};
