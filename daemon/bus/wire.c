/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conversion between messages and the model's values. It attaches no meaning to keys. */
#include "bus/wire.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

/* Rows of problems in one answer. */
#define MAX_PROBLEMS 1000

static bool malformed(int r, GError **error)
{
    if (r >= 0)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "Malformed message: %s.", g_strerror(-r));
    return false;
}

/* ---- Size ---- */

/* Of what follows: negative errno, -EMSGSIZE when it is more than the budget. */
static int measure(sd_bus_message *message, gsize *budget);

static int spend(gsize *budget, gsize cost)
{
    if (*budget < cost)
        return -EMSGSIZE;
    *budget -= cost;
    return 0;
}

static int measure_basic(sd_bus_message *message, char type, gsize *budget)
{
    const char signature[] = {type, '\0'};
    const char *text = "";
    int r;

    if (type == 's' || type == 'o' || type == 'g')
        r = sd_bus_message_read_basic(message, type, &text);
    else
        r = sd_bus_message_skip(message, signature);
    return r < 0 ? r : spend(budget, strlen(text) + 8);
}

static int measure_container(sd_bus_message *message, char type, const char *contents,
                             gsize *budget)
{
    int r = sd_bus_message_enter_container(message, type, contents);
    if (r >= 0)
        r = spend(budget, 8);
    if (r >= 0)
        r = measure(message, budget);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int measure(sd_bus_message *message, gsize *budget)
{
    char type;
    const char *contents;
    int r;
    while ((r = sd_bus_message_peek_type(message, &type, &contents)) > 0) {
        r = strchr("aver", type) ? measure_container(message, type, contents, budget)
                                 : measure_basic(message, type, budget);
        if (r < 0)
            return r;
    }
    return r;
}

int wire_measure(sd_bus_message *message, gsize limit, gsize *ret_size)
{
    gsize left = limit;
    int r = measure(message, &left);
    sd_bus_message_rewind(message, true);
    *ret_size = limit - left;
    return r;
}

/* ---- Reading ---- */

bool wire_read_string(sd_bus_message *message, const char **ret, GError **error)
{
    return malformed(sd_bus_message_read_basic(message, 's', ret), error);
}

static bool check_count(gsize count, gsize most, const char *what, GError **error)
{
    if (count < most)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED, "There are more than %zu %s in one list.",
                most, what);
    return false;
}

bool wire_read_strings(sd_bus_message *message, char ***ret, GError **error)
{
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    int r = sd_bus_message_enter_container(message, 'a', "s");
    const char *string;
    while (r >= 0 && (r = sd_bus_message_read_basic(message, 's', &string)) > 0) {
        if (!check_count(strings->len, WIRE_MAX_ENTRIES, "strings", error))
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

bool wire_read_device_names(sd_bus_message *message, char ***ret, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *kind, *id;
    int r = sd_bus_message_enter_container(message, 'a', "(ss)");
    while (r >= 0 && (r = sd_bus_message_read(message, "(ss)", &kind, &id)) > 0) {
        if (!check_count(names->len, WIRE_MAX_EDITS, "devices", error))
            return false;
        g_ptr_array_add(names, g_strconcat(kind, "/", id, NULL));
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (!malformed(r, error))
        return false;
    g_ptr_array_add(names, NULL);
    *ret = (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
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
    bool names_devices = strcmp(key, "devices") == 0 && strcmp(contents, "a(ss)") == 0;
    if (names_devices || strcmp(contents, "as") == 0) {
        char **strings;
        if (names_devices ? !wire_read_device_names(message, &strings, error)
                          : !wire_read_strings(message, &strings, error))
            return false;
        *ret = dw_value_strings((const char *const *)strings);
        g_strfreev(strings);
        r = 0;
    } else if (strlen(contents) == 1 && strchr("bynqiuxtso", contents[0])) {
        r = read_basic(message, contents[0], ret);
    } else {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "A value of D-Bus type \"%s\" is not accepted for %s; use a string, a boolean, "
                    "an integer or an array of strings.",
                    contents, key);
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
        if (!check_count(dw_settings_count(settings), WIRE_MAX_ENTRIES, "keys", error) ||
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
        if (!check_count(devices->len, WIRE_MAX_EDITS, "devices", error) ||
            !read_device(message, devices, error))
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
        if (!check_count(edits->len, WIRE_MAX_EDITS, "edits", error) ||
            !read_edit(message, edits, error))
            return false;
    }
    if (!malformed(r, error) || !malformed(sd_bus_message_exit_container(message), error))
        return false;
    *ret = g_steal_pointer(&edits);
    return true;
}

bool wire_read_texts(sd_bus_message *message, DwSettings **ret, GError **error)
{
    g_autoptr(DwSettings) texts = dw_settings_new();
    const char *key, *text;
    int r = sd_bus_message_enter_container(message, 'a', "{ss}");
    while (r >= 0 && (r = sd_bus_message_read(message, "{ss}", &key, &text)) > 0) {
        if (!check_count(dw_settings_count(texts), WIRE_MAX_ENTRIES, "keys", error) ||
            !dw_settings_add(texts, key, dw_value_string(text), error))
            return false;
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (!malformed(r, error))
        return false;
    *ret = g_steal_pointer(&texts);
    return true;
}

/* ---- Writing ---- */

void wire_append_variant(Writer *writer, const DwValue *value)
{
    switch (value->type) {
    case DW_VALUE_BOOL:
        writer_append(writer, "v", "b", (int)value->b);
        break;
    case DW_VALUE_INT:
        writer_append(writer, "v", "i", (int32_t)value->i);
        break;
    case DW_VALUE_UINT:
        writer_append(writer, "v", "u", (uint32_t)value->u);
        break;
    case DW_VALUE_INT64:
        writer_append(writer, "v", "x", value->i);
        break;
    case DW_VALUE_UINT64:
        writer_append(writer, "v", "t", value->u);
        break;
    case DW_VALUE_STRING:
        writer_append(writer, "v", "s", value->s);
        break;
    case DW_VALUE_STRINGS:
        writer_open(writer, 'v', "as");
        writer_strings(writer, value->v);
        writer_close(writer);
        break;
    }
}

void wire_append_entries(Writer *writer, const DwSettings *settings)
{
    size_t count = settings ? dw_settings_count(settings) : 0;
    for (size_t i = 0; i < count; i++) {
        writer_open(writer, 'e', "sv");
        writer_basic(writer, 's', dw_settings_key(settings, i));
        wire_append_variant(writer, dw_settings_value(settings, i));
        writer_close(writer);
    }
}

void wire_append_settings(Writer *writer, const DwSettings *settings)
{
    writer_open(writer, 'a', "{sv}");
    wire_append_entries(writer, settings);
    writer_close(writer);
}

void wire_append_devices(Writer *writer, const GPtrArray *devices)
{
    writer_open(writer, 'a', "(ssa{sv})");
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        writer_open(writer, 'r', "ssa{sv}");
        writer_append(writer, "ss", device->kind, device->id);
        wire_append_settings(writer, device->properties);
        writer_close(writer);
    }
    writer_close(writer);
}

static void append_problem(Writer *writer, const DwProblem *problem)
{
    writer_open(writer, 'a', "{sv}");
    writer_append(writer, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "rule", "s", problem->rule, "severity",
                  "s", dw_severity_name(problem->severity), "key", "s", problem->key, "kind", "s",
                  problem->kind, "id", "s", problem->id, "value", "s", problem->value, "message",
                  "s", problem->message);
    writer_strings_entry(writer, "allowed", problem->allowed);
    writer_append(writer, "{sv}", "edit", "u", problem->edit);
    writer_close(writer);
}

/* A document may have a problem for each of its elements. */
void wire_append_problems(Writer *writer, const GPtrArray *problems)
{
    guint n = problems ? MIN(problems->len, MAX_PROBLEMS) : 0;
    writer_open(writer, 'a', "a{sv}");
    for (guint i = 0; i < n; i++)
        append_problem(writer, problems->pdata[i]);
    if (problems && n < problems->len) {
        DwProblem *rest = dw_problems_rest(problems, n);
        append_problem(writer, rest);
        dw_problem_free(rest);
    }
    writer_close(writer);
}

/* Those values of a key that libvirt has not always had. */
static void append_values_since(Writer *writer, const DwKey *key)
{
    writer_open_entry(writer, "values-since", "a{ss}");
    writer_open(writer, 'a', "{ss}");
    for (size_t i = 0; key->values[i]; i++)
        if (*key->values_since[i])
            writer_append(writer, "{ss}", key->values[i], key->values_since[i]);
    writer_close(writer);
    writer_close_entry(writer);
}

static void append_facts(Writer *writer, const DwKey *key)
{
    writer_append(writer, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "type", "s", key->type,
                  "form", "s", key->form, "min", "t", key->min, "max", "t", key->max, "unit", "s",
                  key->unit, "since", "s", key->since, "applies", "s",
                  dw_applies_name(key->applies), "reach", "b", (int)key->reach, "secret", "b",
                  (int)key->secret, "doc", "s", key->doc);
    writer_append(writer, "{sv}{sv}", "required", "b", (int)key->required, "index", "s",
                  key->index);
    append_values_since(writer, key);
    writer_strings_entry(writer, "values", key->values);
    writer_strings_entry(writer, "belongs", key->belongs);
}

static void append_key(Writer *writer, const DwKey *key, bool names)
{
    writer_open(writer, 'a', "{sv}");
    writer_append(writer, "{sv}{sv}", "key", "s", key->key, "kind", "s", key->kind);
    if (!names)
        append_facts(writer, key);
    writer_close(writer);
}

void wire_append_keys(Writer *writer, const GPtrArray *keys, bool names)
{
    writer_open(writer, 'a', "a{sv}");
    for (guint i = 0; i < keys->len; i++)
        append_key(writer, keys->pdata[i], names);
    writer_close(writer);
}

static void append_aliases(Writer *writer, GHashTable *aliases)
{
    GHashTableIter iter;
    gpointer alias, canonical;
    writer_open_entry(writer, "aliases", "a{ss}");
    writer_open(writer, 'a', "{ss}");
    g_hash_table_iter_init(&iter, aliases);
    while (g_hash_table_iter_next(&iter, &alias, &canonical))
        writer_append(writer, "{ss}", alias, canonical);
    writer_close(writer);
    writer_close_entry(writer);
}

static void append_guest(Writer *writer, const DwGuest *guest)
{
    writer_open(writer, 'a', "{sv}");
    writer_append(writer, "{sv}{sv}{sv}{sv}", "arch", "s", guest->arch, "os_type", "s",
                  guest->os_type, "emulator", "s", guest->emulator, "wordsize", "u",
                  guest->wordsize);
    writer_strings_entry(writer, "types", guest->types);
    writer_strings_entry(writer, "machines", guest->machines);
    append_aliases(writer, guest->aliases);
    writer_close(writer);
}

void wire_append_guests(Writer *writer, const GPtrArray *guests)
{
    writer_open(writer, 'a', "a{sv}");
    for (guint i = 0; guests && i < guests->len; i++)
        append_guest(writer, guests->pdata[i]);
    writer_close(writer);
}
