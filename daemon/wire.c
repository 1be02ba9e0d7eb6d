/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conversion between messages and the model's values. It attaches no meaning to keys. */
#include "wire.h"

#include <errno.h>
#include <string.h>

#include "errors.h"

static bool malformed(int r, GError **error)
{
    if (r >= 0)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "malformed message: %s", g_strerror(-r));
    return false;
}

/* ---- Size ---- */

static bool measure(sd_bus_message *message, gsize *budget);

static bool spend(gsize *budget, gsize cost)
{
    if (*budget < cost)
        return false;
    *budget -= cost;
    return true;
}

static bool measure_basic(sd_bus_message *message, char type, gsize *budget)
{
    const char *text;
    if (type == 's' || type == 'o' || type == 'g')
        return sd_bus_message_read_basic(message, type, &text) > 0 &&
               spend(budget, strlen(text) + 8);
    char signature[] = {type, '\0'};
    return sd_bus_message_skip(message, signature) > 0 && spend(budget, 8);
}

static bool measure_container(sd_bus_message *message, char type, const char *contents,
                              gsize *budget)
{
    return sd_bus_message_enter_container(message, type, contents) > 0 && spend(budget, 8) &&
           measure(message, budget) && sd_bus_message_exit_container(message) >= 0;
}

static bool measure(sd_bus_message *message, gsize *budget)
{
    char type;
    const char *contents;
    int r;
    while ((r = sd_bus_message_peek_type(message, &type, &contents)) > 0) {
        if (!(strchr("aver", type) ? measure_container(message, type, contents, budget)
                                   : measure_basic(message, type, budget)))
            return false;
    }
    return r == 0;
}

bool wire_is_within(sd_bus_message *message, gsize limit)
{
    bool within = measure(message, &limit);
    sd_bus_message_rewind(message, true);
    return within;
}

/* ---- Texts ---- */

static bool is_noncharacter(gunichar c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

char *wire_text(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) out = g_string_sized_new(strlen(valid));
    for (const char *c = valid, *next; *c; c = next) {
        next = g_utf8_next_char(c);
        if (is_noncharacter(g_utf8_get_char(c)))
            g_string_append(out, replacement);
        else
            g_string_append_len(out, c, next - c);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- Reading ---- */

bool wire_read_string(sd_bus_message *message, const char **ret, GError **error)
{
    return malformed(sd_bus_message_read_basic(message, 's', ret), error);
}

static bool check_count(gsize count, const char *what, GError **error)
{
    if (count < WIRE_MAX_ENTRIES)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED, "more than %d %s in one list",
                WIRE_MAX_ENTRIES, what);
    return false;
}

bool wire_read_strings(sd_bus_message *message, char ***ret, GError **error)
{
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    int r = sd_bus_message_enter_container(message, 'a', "s");
    const char *string;
    while (r >= 0 && (r = sd_bus_message_read_basic(message, 's', &string)) > 0) {
        if (!check_count(strings->len, "strings", error))
            return false;
        g_ptr_array_add(strings, g_strdup(string));
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (!malformed(r, error))
        return false;
    g_ptr_array_add(strings, NULL);
    *ret = (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
    return true;
}

static int read_basic(sd_bus_message *message, char type, DwValue *ret)
{
    union {
        uint8_t y;
        int b;
        int16_t n;
        uint16_t q;
        int32_t i;
        uint32_t u;
        int64_t x;
        uint64_t t;
        const char *s;
    } value;
    int r = sd_bus_message_read_basic(message, type, &value);
    if (r < 0)
        return r;
    switch (type) {
    case 'b':
        *ret = dw_value_bool(value.b);
        break;
    case 'y':
        *ret = dw_value_uint64(value.y);
        break;
    case 'n':
        *ret = dw_value_int64(value.n);
        break;
    case 'q':
        *ret = dw_value_uint64(value.q);
        break;
    case 'i':
        *ret = dw_value_int64(value.i);
        break;
    case 'u':
        *ret = dw_value_uint(value.u);
        break;
    case 'x':
        *ret = dw_value_int64(value.x);
        break;
    case 't':
        *ret = dw_value_uint64(value.t);
        break;
    default:
        *ret = dw_value_string(value.s);
    }
    return r;
}

bool wire_read_variant(sd_bus_message *message, const char *key, DwValue *ret, GError **error)
{
    char type;
    const char *contents;
    if (!malformed(sd_bus_message_peek_type(message, &type, &contents), error) ||
        !malformed(sd_bus_message_enter_container(message, 'v', contents), error))
        return false;
    int r;
    if (strcmp(contents, "as") == 0) {
        char **strings;
        if (!wire_read_strings(message, &strings, error))
            return false;
        *ret = dw_value_strings((const char *const *)strings);
        g_strfreev(strings);
        r = 0;
    } else if (strlen(contents) == 1 && strchr("bynqiuxtso", contents[0])) {
        r = read_basic(message, contents[0], ret);
    } else {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "%s: a value of D-Bus type \"%s\" is not accepted; use a string, a boolean, an "
                    "integer or an array of strings",
                    key, contents);
        return false;
    }
    if (!malformed(r, error))
        return false;
    r = sd_bus_message_exit_container(message);
    if (r < 0)
        dw_value_clear(ret);
    return malformed(r, error);
}

bool wire_read_settings(sd_bus_message *message, DwSettings **ret, GError **error)
{
    g_autoptr(DwSettings) settings = dw_settings_new();
    if (!malformed(sd_bus_message_enter_container(message, 'a', "{sv}"), error))
        return false;
    int r;
    while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char *key;
        DwValue value;
        if (!check_count(dw_settings_count(settings), "keys", error) ||
            !wire_read_string(message, &key, error) ||
            !wire_read_variant(message, key, &value, error) ||
            !dw_settings_add(settings, key, value, error) ||
            !malformed(sd_bus_message_exit_container(message), error))
            return false;
    }
    if (!malformed(r, error) || !malformed(sd_bus_message_exit_container(message), error))
        return false;
    *ret = g_steal_pointer(&settings);
    return true;
}

static bool read_device(sd_bus_message *message, GPtrArray *devices, GError **error)
{
    const char *kind;
    DwSettings *properties;
    if (!wire_read_string(message, &kind, error) ||
        !wire_read_settings(message, &properties, error))
        return false;
    DwDevice *device = g_new0(DwDevice, 1);
    *device = (DwDevice){g_strdup(kind), g_strdup(""), properties};
    g_ptr_array_add(devices, device);
    return malformed(sd_bus_message_exit_container(message), error);
}

bool wire_read_devices(sd_bus_message *message, GPtrArray **ret, GError **error)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    if (!malformed(sd_bus_message_enter_container(message, 'a', "(sa{sv})"), error))
        return false;
    int r;
    while ((r = sd_bus_message_enter_container(message, 'r', "sa{sv}")) > 0) {
        if (!check_count(devices->len, "devices", error) || !read_device(message, devices, error))
            return false;
    }
    if (!malformed(r, error) || !malformed(sd_bus_message_exit_container(message), error))
        return false;
    *ret = g_steal_pointer(&devices);
    return true;
}

static bool read_edit(sd_bus_message *message, GPtrArray *edits, GError **error)
{
    const char *name, *kind, *id;
    DwVerb verb;
    g_autoptr(DwSettings) values = NULL;
    g_auto(GStrv) unset = NULL;
    if (!wire_read_string(message, &name, error) || !wire_read_string(message, &kind, error) ||
        !wire_read_string(message, &id, error) || !wire_read_settings(message, &values, error) ||
        !wire_read_strings(message, &unset, error) || !dw_verb_from_name(name, &verb, error))
        return false;
    g_ptr_array_add(
        edits, dw_edit_new(verb, kind, id, g_steal_pointer(&values), (const char *const *)unset));
    return malformed(sd_bus_message_exit_container(message), error);
}

bool wire_read_edits(sd_bus_message *message, GPtrArray **ret, GError **error)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    if (!malformed(sd_bus_message_enter_container(message, 'a', "(sssa{sv}as)"), error))
        return false;
    int r;
    while ((r = sd_bus_message_enter_container(message, 'r', "sssa{sv}as")) > 0) {
        if (!check_count(edits->len, "edits", error) || !read_edit(message, edits, error))
            return false;
    }
    if (!malformed(r, error) || !malformed(sd_bus_message_exit_container(message), error))
        return false;
    *ret = g_steal_pointer(&edits);
    return true;
}

bool wire_read_pairs(sd_bus_message *message, char ***ret, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *kind, *id;
    int r = sd_bus_message_enter_container(message, 'a', "(ss)");
    while (r >= 0 && (r = sd_bus_message_read(message, "(ss)", &kind, &id)) > 0) {
        if (!check_count(words->len / 2, "devices", error))
            return false;
        g_ptr_array_add(words, g_strdup(kind));
        g_ptr_array_add(words, g_strdup(id));
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (!malformed(r, error))
        return false;
    g_ptr_array_add(words, NULL);
    *ret = (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
    return true;
}

/* ---- Writing ---- */

int wire_append_variant(sd_bus_message *message, const DwValue *value)
{
    switch (value->type) {
    case DW_VALUE_BOOL:
        return sd_bus_message_append(message, "v", "b", (int)value->b);
    case DW_VALUE_INT:
        return sd_bus_message_append(message, "v", "i", (int32_t)value->i);
    case DW_VALUE_UINT:
        return sd_bus_message_append(message, "v", "u", (uint32_t)value->u);
    case DW_VALUE_INT64:
        return sd_bus_message_append(message, "v", "x", value->i);
    case DW_VALUE_UINT64:
        return sd_bus_message_append(message, "v", "t", value->u);
    case DW_VALUE_STRING:
        return sd_bus_message_append(message, "v", "s", value->s);
    case DW_VALUE_STRINGS: {
        int r = sd_bus_message_open_container(message, 'v', "as");
        if (r >= 0)
            r = sd_bus_message_append_strv(message, value->v);
        return r < 0 ? r : sd_bus_message_close_container(message);
    }
    }
    return -EINVAL;
}

int wire_append_settings(sd_bus_message *message, const DwSettings *settings)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    size_t count = settings ? dw_settings_count(settings) : 0;
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = sd_bus_message_open_container(message, 'e', "sv");
        if (r >= 0)
            r = sd_bus_message_append_basic(message, 's', dw_settings_key(settings, i));
        if (r >= 0)
            r = wire_append_variant(message, dw_settings_value(settings, i));
        if (r >= 0)
            r = sd_bus_message_close_container(message);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int wire_append_devices(sd_bus_message *message, const GPtrArray *devices)
{
    int r = sd_bus_message_open_container(message, 'a', "(ssa{sv})");
    for (guint i = 0; r >= 0 && i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        r = sd_bus_message_open_container(message, 'r', "ssa{sv}");
        if (r >= 0)
            r = sd_bus_message_append(message, "ss", device->kind, device->id);
        if (r >= 0)
            r = wire_append_settings(message, device->properties);
        if (r >= 0)
            r = sd_bus_message_close_container(message);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int wire_append_entry(sd_bus_message *message, const char *key, const char *type, ...)
{
    int r = sd_bus_message_open_container(message, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', key);
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'v', type);
    if (r >= 0) {
        va_list arguments;
        va_start(arguments, type);
        r = sd_bus_message_appendv(message, type, arguments);
        va_end(arguments);
    }
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int wire_append_entry_strv(sd_bus_message *message, const char *key, char **strings)
{
    int r = sd_bus_message_open_container(message, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', key);
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'v', "as");
    if (r >= 0)
        r = sd_bus_message_append_strv(message, strings);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_problem(sd_bus_message *message, const DwProblem *problem)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    if (r >= 0)
        r = sd_bus_message_append(message, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "rule", "s",
                                  problem->rule, "severity", "s",
                                  dw_severity_name(problem->severity), "key", "s", problem->key,
                                  "kind", "s", problem->kind, "id", "s", problem->id, "value", "s",
                                  problem->value, "message", "s", problem->message);
    if (r >= 0)
        r = wire_append_entry_strv(message, "allowed", problem->allowed);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int wire_append_problems(sd_bus_message *message, const GPtrArray *problems)
{
    int r = sd_bus_message_open_container(message, 'a', "a{sv}");
    for (guint i = 0; r >= 0 && problems && i < problems->len; i++)
        r = append_problem(message, problems->pdata[i]);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_key(sd_bus_message *message, const DwKey *key)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    if (r >= 0)
        r = sd_bus_message_append(
            message, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "key", "s", key->key,
            "kind", "s", key->kind, "type", "s", key->type, "form", "s", key->form, "min", "t",
            key->min, "max", "t", key->max, "unit", "s", key->unit, "since", "s", key->since,
            "applies", "s", key->live ? "live" : "restart", "reach", "b", (int)key->reach, "secret",
            "b", (int)key->secret, "doc", "s", key->doc);
    if (r >= 0)
        r = wire_append_entry_strv(message, "values", key->values);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int wire_append_keys(sd_bus_message *message, const GPtrArray *keys)
{
    int r = sd_bus_message_open_container(message, 'a', "a{sv}");
    for (guint i = 0; r >= 0 && i < keys->len; i++)
        r = append_key(message, keys->pdata[i]);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_aliases(sd_bus_message *message, GHashTable *aliases)
{
    int r = sd_bus_message_open_container(message, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', "aliases");
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'v', "a{ss}");
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "{ss}");
    GHashTableIter iter;
    gpointer alias, canonical;
    g_hash_table_iter_init(&iter, aliases);
    while (r >= 0 && g_hash_table_iter_next(&iter, &alias, &canonical))
        r = sd_bus_message_append(message, "{ss}", alias, canonical);
    for (int i = 0; r >= 0 && i < 3; i++)
        r = sd_bus_message_close_container(message);
    return r;
}

static int append_guest(sd_bus_message *message, const DwGuest *guest)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    if (r >= 0)
        r = sd_bus_message_append(message, "{sv}{sv}{sv}{sv}", "arch", "s", guest->arch, "os_type",
                                  "s", guest->os_type, "emulator", "s", guest->emulator, "wordsize",
                                  "u", guest->wordsize);
    if (r >= 0)
        r = wire_append_entry_strv(message, "types", guest->types);
    if (r >= 0)
        r = wire_append_entry_strv(message, "machines", guest->machines);
    if (r >= 0)
        r = append_aliases(message, guest->aliases);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int wire_append_guests(sd_bus_message *message, const GPtrArray *guests)
{
    int r = sd_bus_message_open_container(message, 'a', "a{sv}");
    for (guint i = 0; r >= 0 && guests && i < guests->len; i++)
        r = append_guest(message, guests->pdata[i]);
    return r < 0 ? r : sd_bus_message_close_container(message);
}
