/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the JSON form of D-Bus messages, by walking a message's signature. Verbs use it with --json;
 * names for what D-Bus leaves unnamed come from them. Main thread.
 */
#include "text/json.h"

#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "terminal/print.h"
#include "text/basic.h"

static int write_basic(FILE *file, sd_bus_message *message, char type)
{
    _cleanup_free_ char *text = NULL;
    int r = basic_read(message, type, &text);

    if (r >= 0)
        basic_print_json(file, type, text);
    return r;
}

int json_members(FILE *file, sd_bus_message *message, bool first)
{
    const char *contents;
    char type;
    int r = sd_bus_message_peek_type(message, &type, &contents);

    if (r < 0)
        return r;
    r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, contents);
    while (r >= 0) {
        const char *entry;

        r = sd_bus_message_peek_type(message, &type, &entry);
        if (r <= 0)
            break;
        r = sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, entry);
        if (r < 0)
            break;
        if (!first)
            fputc(',', file);
        first = false;
        r = write_basic(file, message, *entry);
        if (r < 0)
            break;
        fputc(':', file);
        r = json_value(file, message, NULL);
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int write_named(FILE *file, sd_bus_message *message, const char *name, size_t length,
                       const char *fields, bool first)
{
    _cleanup_free_ char *copy = copy_bytes(name, length);

    if (strcmp(copy, "*") == 0)
        return json_members(file, message, first);
    if (!first)
        fputc(',', file);
    json_string(file, copy);
    fputc(':', file);
    return json_value(file, message, fields);
}

static int write_struct(FILE *file, sd_bus_message *message, const char *fields)
{
    bool first = true;
    int r = 0;

    fputc(fields ? '{' : '[', file);
    while (r >= 0 && sd_bus_message_at_end(message, false) == 0) {
        if (fields) {
            size_t length = strcspn(fields, ",");

            r = write_named(file, message, fields, length, NULL, first);
            fields += length + (fields[length] == ',');
        } else {
            if (!first)
                fputc(',', file);
            r = json_value(file, message, NULL);
        }
        first = false;
    }
    return r;
}

static int write_array(FILE *file, sd_bus_message *message, const char *fields)
{
    bool first = true;
    int r = 0;

    fputc('[', file);
    while (r >= 0 && sd_bus_message_at_end(message, false) == 0) {
        if (!first)
            fputc(',', file);
        first = false;
        r = json_value(file, message, fields);
    }
    fputc(']', file);
    return r;
}

int json_value(FILE *file, sd_bus_message *message, const char *fields)
{
    const char *contents;
    char type;
    int r = sd_bus_message_peek_type(message, &type, &contents);

    if (r <= 0)
        return r < 0 ? r : -EBADMSG;
    if (!strchr("avr", type))
        return write_basic(file, message, type);
    if (type == 'a' && contents[0] == '{') {
        fputc('{', file);
        r = json_members(file, message, true);
        fputc('}', file);
        return r;
    }
    r = sd_bus_message_enter_container(message, type, contents);
    if (r < 0)
        return r;
    if (type == 'v') {
        r = json_value(file, message, NULL);
    } else if (type == 'a') {
        r = write_array(file, message, fields);
    } else {
        r = write_struct(file, message, fields);
        fputc(fields ? '}' : ']', file);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int write_values(FILE *file, sd_bus_message *message, const char *const *names)
{
    bool bare = names[0][0] == '=';
    int r = sd_bus_message_rewind(message, true);

    if (!bare)
        fputc('{', file);
    for (size_t i = 0; r >= 0 && names[i]; i++) {
        const char *colon = strchr(names[i], ':');
        const char *fields = colon ? colon + 1 : NULL;

        if (bare)
            r = json_value(file, message, fields);
        else
            r = write_named(file, message, names[i],
                            colon ? (size_t)(colon - names[i]) : strlen(names[i]), fields, i == 0);
    }
    fputs(bare ? "\n" : "}\n", file);
    return r < 0 ? r : sd_bus_message_rewind(message, true);
}

int json_message(FILE *file, sd_bus_message *message, const char *const *names)
{
    _cleanup_free_ char *buffer = NULL;
    size_t length;
    FILE *memory = open_buffer(&buffer, &length);
    int r = write_values(memory, message, names);

    fclose(memory);
    if (r >= 0)
        fputs(buffer, file);
    return r;
}
