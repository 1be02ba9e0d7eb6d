/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns flat lists of names and texts, read from dictionaries of variants: lists are joined by
 * commas, nested dictionaries get dotted names. Verbs print them. Main thread.
 */
#include "bus/values.h"

#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "terminal/print.h"
#include "text/basic.h"

static int read_into(sd_bus_message *message, const char *name, Values *values);

static char *json_of(const char *text, char type)
{
    char *buffer = NULL;
    size_t length;
    FILE *file = open_buffer(&buffer, &length);

    basic_print_json(file, type, text);
    fclose(file);
    return buffer;
}

/* Takes text and json. */
static void add_value(Values *values, const char *name, char *text, char *json, char type)
{
    values->items = grow_array(values->items, values->count + 1, sizeof(Value));
    values->items[values->count++] = (Value){copy_string(name), text, json, type};
}

void values_add(Values *values, const char *name, const char *text)
{
    add_value(values, name, copy_string(text), json_of(text, 's'), 's');
}

void values_add_copy(Values *values, const char *name, const Value *value)
{
    add_value(values, name, copy_string(value->text), copy_string(value->json), value->type);
}

static int read_entries(sd_bus_message *message, const char *contents, const char *prefix,
                        Values *values)
{
    int r = sd_bus_message_enter_container(message, 'a', contents);

    while (r >= 0) {
        _cleanup_free_ char *name = NULL;
        const char *entry, *key;
        char type;

        r = sd_bus_message_peek_type(message, &type, &entry);
        if (r <= 0)
            break;
        r = sd_bus_message_enter_container(message, 'e', entry);
        if (r >= 0)
            r = sd_bus_message_read_basic(message, entry[0], &key);
        if (r < 0)
            break;
        name = *prefix ? format_string("%s.%s", prefix, key) : copy_string(key);
        r = read_into(message, name, values);
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_list(sd_bus_message *message, const char *name, Values *values)
{
    char *text = NULL, *json = NULL;
    size_t text_length, json_length;
    FILE *texts = open_buffer(&text, &text_length), *jsons = open_buffer(&json, &json_length);
    const char *item, *comma = "";
    int r = sd_bus_message_enter_container(message, 'a', "s");

    fputc('[', jsons);
    while (r >= 0 && (r = sd_bus_message_read_basic(message, 's', &item)) > 0) {
        fprintf(texts, "%s%s", comma, item);
        fputs(comma, jsons);
        json_string(jsons, item);
        comma = ",";
    }
    fputc(']', jsons);
    fclose(texts);
    fclose(jsons);
    add_value(values, name, text, json, 'a');
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* Members of a list or of a struct are numbered from 1. */
static int read_numbered(sd_bus_message *message, char type, const char *contents, const char *name,
                         Values *values)
{
    int r = sd_bus_message_enter_container(message, type, contents);

    for (unsigned i = 1; r >= 0 && sd_bus_message_at_end(message, false) == 0; i++) {
        _cleanup_free_ char *numbered = format_string("%s.%u", name, i);

        r = read_into(message, numbered, values);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_into(sd_bus_message *message, const char *name, Values *values)
{
    char *text = NULL;
    const char *contents;
    char type;
    int r = sd_bus_message_peek_type(message, &type, &contents);

    if (r <= 0)
        return r < 0 ? r : -EBADMSG;
    if (type == 'v') {
        r = sd_bus_message_enter_container(message, 'v', contents);
        if (r >= 0)
            r = read_into(message, name, values);
        return r < 0 ? r : sd_bus_message_exit_container(message);
    }
    if (type == 'a' && strcmp(contents, "s") == 0)
        return read_list(message, name, values);
    if (type == 'a' && contents[0] == '{')
        return read_entries(message, contents, name, values);
    if (type == 'a' || type == 'r')
        return read_numbered(message, type, contents, name, values);
    r = basic_read(message, type, &text);
    if (r >= 0)
        add_value(values, name, text, json_of(text, type), type);
    return r;
}

int values_read(sd_bus_message *message, Values *values)
{
    return read_into(message, "", values);
}

const char *values_get(const Values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->items[i].name, name) == 0)
            return values->items[i].text;
    return NULL;
}

void values_clear(Values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        free(values->items[i].name);
        free(values->items[i].text);
        free(values->items[i].json);
    }
    free(values->items);
    *values = (Values){0};
}

int devices_read(sd_bus_message *message, Devices *devices)
{
    int r = sd_bus_message_enter_container(message, 'a', "(ssa{sv})");

    while (r >= 0) {
        const char *kind, *id;
        Device *device;

        r = sd_bus_message_enter_container(message, 'r', "ssa{sv}");
        if (r <= 0)
            break;
        r = sd_bus_message_read(message, "ss", &kind, &id);
        if (r < 0)
            break;
        devices->items = grow_array(devices->items, devices->count + 1, sizeof(Device));
        device = &devices->items[devices->count++];
        *device = (Device){copy_string(kind), copy_string(id), {0}};
        r = values_read(message, &device->properties);
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

void devices_clear(Devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        free(devices->items[i].kind);
        free(devices->items[i].id);
        values_clear(&devices->items[i].properties);
    }
    free(devices->items);
    *devices = (Devices){0};
}

int rows_read(sd_bus_message *message, Rows *rows)
{
    int r = sd_bus_message_enter_container(message, 'a', "a{sv}");

    while (r >= 0 && sd_bus_message_at_end(message, false) == 0) {
        rows->items = grow_array(rows->items, rows->count + 1, sizeof(Values));
        rows->items[rows->count] = (Values){0};
        r = values_read(message, &rows->items[rows->count++]);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

void rows_clear(Rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        values_clear(&rows->items[i]);
    free(rows->items);
    *rows = (Rows){0};
}
