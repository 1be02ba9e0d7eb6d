/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Appending to messages with a sticky error. */
#include "base/writer.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VALUE_SIZE 8

static bool writes(const Writer *writer)
{
    return writer->message && !writer->error;
}

static void note(Writer *writer, int r)
{
    if (r < 0)
        writer->error = r;
}

/* ---- Sizes ---- */

static bool is_text(char type)
{
    return type == 's' || type == 'o' || type == 'g';
}

static void count_text(Writer *writer, const char *text)
{
    writer->size += VALUE_SIZE + (text ? strlen(text) : 0);
}

/* Behind one complete type. */
static const char *skip_type(const char *types)
{
    int depth = 0;
    while (*types == 'a')
        types++;
    do {
        depth += (*types == '(' || *types == '{') - (*types == ')' || *types == '}');
        types++;
    } while (depth > 0);
    return types;
}

/* One complete type and its arguments, which come as sd_bus_message_append() takes them. */
static const char *count_type(Writer *writer, const char *types, va_list *arguments)
{
    if (is_text(*types)) {
        count_text(writer, va_arg(*arguments, const char *));
        return types + 1;
    }
    writer->size += VALUE_SIZE;
    if (*types == 'v') {
        count_type(writer, va_arg(*arguments, const char *), arguments);
    } else if (*types == 'a') {
        for (unsigned left = va_arg(*arguments, unsigned); left > 0; left--)
            count_type(writer, types + 1, arguments);
        return skip_type(types);
    } else if (*types == '(' || *types == '{') {
        for (types++; *types != ')' && *types != '}';)
            types = count_type(writer, types, arguments);
    } else if (*types == 'x' || *types == 't') {
        va_arg(*arguments, uint64_t);
    } else {
        va_arg(*arguments, int);
    }
    return types + 1;
}

/* ---- Appending ---- */

Writer writer_on(sd_bus_message *message, int r)
{
    return (Writer){.message = message, .error = r < 0 ? r : 0};
}

Writer writer_counting(void)
{
    return (Writer){0};
}

void writer_open(Writer *writer, char type, const char *contents)
{
    if (writes(writer))
        note(writer, sd_bus_message_open_container(writer->message, type, contents));
    writer->size += VALUE_SIZE;
}

void writer_close(Writer *writer)
{
    if (writes(writer))
        note(writer, sd_bus_message_close_container(writer->message));
}

void writer_append(Writer *writer, const char *types, ...)
{
    va_list arguments, counted;
    if (writer->error)
        return;
    va_start(arguments, types);
    va_copy(counted, arguments);
    if (writes(writer))
        note(writer, sd_bus_message_appendv(writer->message, types, arguments));
    while (*types)
        types = count_type(writer, types, &counted);
    va_end(counted);
    va_end(arguments);
}

void writer_basic(Writer *writer, char type, const void *value)
{
    if (writes(writer))
        note(writer, sd_bus_message_append_basic(writer->message, type, value));
    if (is_text(type))
        count_text(writer, value);
    else
        writer->size += VALUE_SIZE;
}

void writer_strings(Writer *writer, char **strings)
{
    if (writes(writer))
        note(writer, sd_bus_message_append_strv(writer->message, strings));
    writer->size += VALUE_SIZE;
    for (char **text = strings; text && *text; text++)
        count_text(writer, *text);
}

void writer_open_entry(Writer *writer, const char *key, const char *type)
{
    writer_open(writer, 'e', "sv");
    writer_basic(writer, 's', key);
    writer_open(writer, 'v', type);
}

void writer_close_entry(Writer *writer)
{
    writer_close(writer);
    writer_close(writer);
}

void writer_strings_entry(Writer *writer, const char *key, char **strings)
{
    writer_open_entry(writer, key, "as");
    writer_strings(writer, strings);
    writer_close_entry(writer);
}
