/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of defaults share: reading what will be, taking a value and saying so. Every
 * default that is taken is reported, as a warning where it could expose or lose data. One document,
 * one thread; no file is opened and no host asked.
 */
#include "edit/defaults/defaults.h"

#include <string.h>

#include "guest/machine.h"
#include "keys/devices.h"
#include "table/value-form.h"

/* A key's value in the document as text, or NULL. */
char *defaults_document_text(const DwDocument *document, const char *kind, DwNode node,
                             const char *key)
{
    DwPlace place;
    DwValue value;

    if (!place_find(kind, key, &place) || !place_get(document, node, &place, &value))
        return NULL;
    char *text = dw_value_to_text(&value);
    dw_value_clear(&value);
    return text;
}

char *defaults_text(const DwDefaults *defaults, const char *key)
{
    const DwValue *value = dw_settings_get(defaults->values, key);

    if (value)
        return dw_value_to_text(value);
    return defaults->device == DW_NODE_NONE
               ? NULL
               : defaults_document_text(defaults->context->document, defaults->kind,
                                        defaults->device, key);
}

bool defaults_is(const DwDefaults *defaults, const char *key, const char *value)
{
    g_autofree char *text = defaults_text(defaults, key);

    return g_strcmp0(text, value) == 0;
}

bool defaults_asked(const DwDefaults *defaults, const char *key)
{
    return dw_settings_get(defaults->values, key) != NULL;
}

bool defaults_changed(const DwDefaults *defaults, const char *key)
{
    g_autofree char *old = NULL;
    g_autofree char *new = NULL;

    if (!defaults_asked(defaults, key))
        return false;
    if (defaults->device == DW_NODE_NONE)
        return true;
    old =
        defaults_document_text(defaults->context->document, defaults->kind, defaults->device, key);
    new = defaults_text(defaults, key);
    return g_strcmp0(old, new) != 0;
}

bool defaults_asked_true(const DwDefaults *defaults, const char *key)
{
    static const DwRow row = {.form = DW_FORM_ONOFF};
    const DwValue *value = dw_settings_get(defaults->values, key);
    DwValue coerced;

    return value && form_coerce(&row, key, value, &coerced, NULL) && coerced.b;
}

bool defaults_asked_any(const DwDefaults *defaults, const char *prefix)
{
    for (size_t i = 0; i < dw_settings_count(defaults->values); i++)
        if (g_str_has_prefix(dw_settings_key(defaults->values, i), prefix))
            return true;
    return false;
}

char *defaults_id(const DwDefaults *defaults)
{
    const DwGroup *group = table_group(defaults->kind);
    char *id = NULL;

    if (!*defaults->kind)
        return g_strdup("");
    if (defaults->device != DW_NODE_NONE)
        return device_id(defaults->context->document, defaults->device);
    g_autofree char *key = group ? group_id_key(group) : NULL;
    if (key)
        id = defaults_text(defaults, key);
    return id ? id : g_strdup("");
}

static void say(const DwDefaults *defaults, const char *rule, DwSeverity severity, const char *key,
                const char *message)
{
    g_autofree char *id = defaults_id(defaults);

    edit_note(defaults->context, rule, severity, defaults->kind, id, key, "%s", message);
}

void defaults_say(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                  const char *key, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    say(defaults, rule, severity, key, message);
}

void defaults_take(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                   const char *key, DwValue value, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    dw_settings_put(defaults->values, key, value);
    say(defaults, rule, severity, key, message);
}

bool defaults_drop(const DwDefaults *defaults, const char *rule, DwSeverity severity,
                   const char *key, const char *why, GError **error)
{
    const char *const keys[] = {key, NULL};
    g_autofree char *value = defaults_asked(defaults, key)
                                 ? NULL
                                 : defaults_document_text(defaults->context->document,
                                                          defaults->kind, defaults->device, key);

    if (!value)
        return true;
    if (!edit_unset(defaults->context, defaults->kind, defaults->device, keys, error))
        return false;
    defaults_say(defaults, rule, severity, key, "%s was %s and is dropped: %s.", key, value, why);
    return true;
}

bool defaults_for_qemu(const DwDefaults *defaults)
{
    DwMachine machine;

    guest_machine_read(defaults->context->document, NULL, &machine);
    return machine.is_qemu;
}
