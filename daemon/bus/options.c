/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options from messages, for handlers. Main thread. */
#include "bus/options.h"

#include <string.h>

#include "bus/wire.h"

static bool malformed(GError **error)
{
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "Malformed message.");
    return false;
}

/* A variant of the type that is nested. */
static bool read_nested(sd_bus_message *message, const char *name, const char *type,
                        Options *options, GError **error)
{
    void **member = options_nested(options, name);
    if (*member) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "Key \"%s\" is given twice.", name);
        return false;
    }
    if (sd_bus_message_enter_container(message, 'v', type) < 0)
        return malformed(error);
    bool read =
        strcmp(type, "a(ss)") == 0   ? wire_read_device_names(message, (char ***)member, error)
        : strcmp(type, "a{ss}") == 0 ? wire_read_texts(message, (DwSettings **)member, error)
                                     : wire_read_settings(message, (DwSettings **)member, error);
    return read && (sd_bus_message_exit_container(message) >= 0 || malformed(error));
}

/* The value of one option: into plain, or where it belongs. One that the method does not know, or
 * of another type, goes into plain to be refused there. */
static bool read_option(sd_bus_message *message, const char *known, DwSettings *plain,
                        Options *options, GError **error)
{
    const char *name, *contents;
    char type;
    if (!wire_read_string(message, &name, error))
        return false;
    if (dw_settings_count(plain) >= WIRE_MAX_ENTRIES) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "There are more than %d keys in one list.", WIRE_MAX_ENTRIES);
        return false;
    }
    const char *nested = options_nested_type(name);
    DwValue value = dw_value_bool(true);
    if (!nested)
        return wire_read_variant(message, name, &value, error) &&
               dw_settings_add(plain, name, value, error);
    g_auto(GStrv) names = g_strsplit(known, " ", -1);
    if (sd_bus_message_peek_type(message, &type, &contents) <= 0)
        return malformed(error);
    if (g_strv_contains((const char *const *)names, name) && strcmp(contents, nested) == 0)
        return read_nested(message, name, nested, options, error);
    return (sd_bus_message_skip(message, "v") >= 0 || malformed(error)) &&
           dw_settings_add(plain, name, value, error);
}

bool options_read(sd_bus_message *message, const char *known, Options *ret_options, GError **error)
{
    g_autoptr(DwSettings) plain = dw_settings_new();
    int r = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        if (!read_option(message, known, plain, ret_options, error))
            return false;
        r = sd_bus_message_exit_container(message);
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    return r < 0 ? malformed(error) : options_take(plain, known, ret_options, error);
}

bool options_peek_host(sd_bus_message *message, const char **ret_name)
{
    const char *key, *type;
    if (sd_bus_message_enter_container(message, 'a', "{sv}") < 0)
        return false;
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
        if (sd_bus_message_read_basic(message, 's', &key) < 0 ||
            sd_bus_message_peek_type(message, NULL, &type) < 0)
            return false;
        if (strcmp(key, "host") == 0 && strcmp(type, "s") == 0)
            return sd_bus_message_read(message, "v", "s", ret_name) >= 0;
        if (sd_bus_message_skip(message, "v") < 0 || sd_bus_message_exit_container(message) < 0)
            return false;
    }
    return false;
}
