/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.domwright1.Config, on domains and drafts alike: arguments in, work out. Every change is a
 * list of edits; which document they are applied to is not decided here.
 */
#include <string.h>

#include "calls.h"
#include "errors.h"
#include "handlers.h"
#include "wire.h"

bool check_affect(const Options *options, GError **error)
{
    const char *affect = options->affect;
    if (!affect || strcmp(affect, "config") == 0)
        return true;
    if (strcmp(affect, "live") == 0 || strcmp(affect, "both") == 0)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "option affect: \"%s\" is not supported; a change to \"config\" takes effect "
                    "when the domain is started next",
                    affect);
    else
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "option affect: \"%s\" is none of config, live, both", affect);
    return false;
}

/* ---- Reading ---- */

static int fill_describe(sd_bus_message *reply, const Work *work)
{
    int r = wire_append_settings(reply, work->settings);
    if (r >= 0)
        r = wire_append_devices(reply, work->devices);
    return r < 0 ? r : sd_bus_message_append(reply, "s", work->revision);
}

static int fill_settings(sd_bus_message *reply, const Work *work)
{
    return wire_append_settings(reply, work->settings);
}

static int fill_devices(sd_bus_message *reply, const Work *work)
{
    return wire_append_devices(reply, work->devices);
}

static int fill_problems(sd_bus_message *reply, const Work *work)
{
    return wire_append_problems(reply, work->problems);
}

HANDLER(config_describe)
{
    g_autoptr(Work) work = work_new(WORK_DESCRIBE);
    return options_read(request->message, OPTIONS_READ, &work->options, error) &&
           call_on_object(request, object, g_steal_pointer(&work), fill_describe, error);
}

HANDLER(config_get_settings)
{
    g_autoptr(Work) work = work_new(WORK_SETTINGS);
    return wire_read_strings(request->message, &work->keys, error) &&
           options_read(request->message, OPTIONS_READ, &work->options, error) &&
           call_on_object(request, object, g_steal_pointer(&work), fill_settings, error);
}

static bool read_copy(sd_bus_message *message, char **ret, GError **error)
{
    const char *string;
    if (!wire_read_string(message, &string, error))
        return false;
    *ret = g_strdup(string);
    return true;
}

HANDLER(config_get_devices)
{
    g_autoptr(Work) work = work_new(WORK_DEVICES);
    return read_copy(request->message, &work->kind, error) &&
           options_read(request->message, OPTIONS_READ, &work->options, error) &&
           call_on_object(request, object, g_steal_pointer(&work), fill_devices, error);
}

HANDLER(config_validate)
{
    g_autoptr(Work) work = work_new(WORK_VALIDATE);
    return options_read(request->message, "live", &work->options, error) &&
           call_on_object(request, object, g_steal_pointer(&work), fill_problems, error);
}

HANDLER(config_get_xml)
{
    g_autoptr(Work) work = work_new(WORK_XML);
    return options_read(request->message, OPTIONS_READ, &work->options, error) &&
           call_on_object(request, object, g_steal_pointer(&work), fill_xml, error);
}

HANDLER(config_get_metadata)
{
    g_autoptr(Work) work = work_new(WORK_METADATA);
    return read_copy(request->message, &work->uri, error) &&
           options_read(request->message, "live", &work->options, error) &&
           call_on_object(request, object, g_steal_pointer(&work), fill_xml, error);
}

/* ---- Changing ---- */

/* Reads the options and submits; takes work. */
static bool submit_change(Request *request, Object *object, Work *work, CallFill fill,
                          GError **error)
{
    g_autoptr(Work) held = work;
    return options_read(request->message, OPTIONS_EDIT, &held->options, error) &&
           check_affect(&held->options, error) &&
           call_on_object(request, object, g_steal_pointer(&held), fill, error);
}

/* Takes values. */
static bool submit_edit(Request *request, Object *object, DwVerb verb, const char *kind,
                        const char *id, DwSettings *values, char **unset, CallFill fill,
                        GError **error)
{
    Work *work = work_new(WORK_EDIT);
    work->edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(work->edits, dw_edit_new(verb, kind, id, values, (const char *const *)unset));
    return submit_change(request, object, work, fill, error);
}

HANDLER(config_modify)
{
    g_autoptr(DwSettings) changes = NULL;
    g_auto(GStrv) unset = NULL;
    return wire_read_settings(request->message, &changes, error) &&
           wire_read_strings(request->message, &unset, error) &&
           submit_edit(request, object, DW_VERB_SET, "", "", g_steal_pointer(&changes), unset,
                       fill_result, error);
}

static bool add_device(Request *request, Object *object, const char *kind, GError **error)
{
    g_autoptr(DwSettings) properties = NULL;
    return wire_read_settings(request->message, &properties, error) &&
           submit_edit(request, object, DW_VERB_ADD, kind, "", g_steal_pointer(&properties), NULL,
                       fill_id_and_result, error);
}

static bool modify_device(Request *request, Object *object, const char *kind, GError **error)
{
    const char *id;
    g_autoptr(DwSettings) changes = NULL;
    g_auto(GStrv) unset = NULL;
    return wire_read_string(request->message, &id, error) &&
           wire_read_settings(request->message, &changes, error) &&
           wire_read_strings(request->message, &unset, error) &&
           submit_edit(request, object, DW_VERB_MODIFY, kind, id, g_steal_pointer(&changes), unset,
                       fill_result, error);
}

static bool remove_device(Request *request, Object *object, const char *kind, GError **error)
{
    const char *id;
    return wire_read_string(request->message, &id, error) &&
           submit_edit(request, object, DW_VERB_REMOVE, kind, id, NULL, NULL, fill_result, error);
}

HANDLER(config_add_device)
{
    const char *kind;
    return wire_read_string(request->message, &kind, error) &&
           add_device(request, object, kind, error);
}

HANDLER(config_modify_device)
{
    const char *kind;
    return wire_read_string(request->message, &kind, error) &&
           modify_device(request, object, kind, error);
}

HANDLER(config_remove_device)
{
    const char *kind;
    return wire_read_string(request->message, &kind, error) &&
           remove_device(request, object, kind, error);
}

HANDLER(config_add_disk)
{
    return add_device(request, object, "disk", error);
}

HANDLER(config_modify_disk)
{
    return modify_device(request, object, "disk", error);
}

HANDLER(config_remove_disk)
{
    return remove_device(request, object, "disk", error);
}

HANDLER(config_set_hyperv)
{
    g_autoptr(DwSettings) features = NULL;
    return wire_read_settings(request->message, &features, error) &&
           submit_edit(request, object, DW_VERB_HYPERV, "", "", g_steal_pointer(&features), NULL,
                       fill_result, error);
}

HANDLER(config_set_boot_order)
{
    g_auto(GStrv) pairs = NULL;
    if (!wire_read_pairs(request->message, &pairs, error))
        return false;
    Work *work = work_new(WORK_BOOT_ORDER);
    work->pairs = g_steal_pointer(&pairs);
    return submit_change(request, object, work, fill_result, error);
}

HANDLER(config_apply_preset)
{
    const char *name;
    return wire_read_string(request->message, &name, error) &&
           submit_edit(request, object, DW_VERB_PRESET, "", name, NULL, NULL, fill_result, error);
}

static int fill_apply(sd_bus_message *reply, const Work *work)
{
    int r = sd_bus_message_append_strv(reply, work->result.ids);
    return r < 0 ? r : fill_result(reply, work);
}

HANDLER(config_apply)
{
    g_autoptr(GPtrArray) edits = NULL;
    if (!wire_read_edits(request->message, &edits, error))
        return false;
    Work *work = work_new(WORK_EDIT);
    work->edits = g_steal_pointer(&edits);
    return submit_change(request, object, work, fill_apply, error);
}

HANDLER(config_set_metadata)
{
    g_autoptr(Work) work = work_new(WORK_SET_METADATA);
    return read_copy(request->message, &work->uri, error) &&
           read_copy(request->message, &work->xml, error) && request_check_text(work->xml, error) &&
           submit_change(request, object, g_steal_pointer(&work), fill_result, error);
}
