/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns allocation for a short-lived program: without memory there is nothing better to do than to
 * say so and stop, so no caller has to check. All of the client uses it. Main thread.
 */
#include "alloc.h"

#include <stdarg.h>
#include <string.h>

static void *or_stop(void *pointer)
{
    if (!pointer) {
        fputs("domwright: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return pointer;
}

char *copy_string(const char *string)
{
    return or_stop(strdup(string));
}

char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = or_stop(malloc(length + 1));

    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *format_string(const char *format, ...)
{
    va_list arguments;
    char *string = NULL;

    va_start(arguments, format);
    if (vasprintf(&string, format, arguments) < 0)
        string = NULL;
    va_end(arguments);
    return or_stop(string);
}

void *grow_array(void *array, size_t count, size_t item_size)
{
    return or_stop(reallocarray(array, count, item_size));
}

FILE *open_buffer(char **buffer, size_t *length)
{
    return or_stop(open_memstream(buffer, length));
}

void strings_take(Strings *strings, char *string)
{
    strings->items = grow_array(strings->items, strings->count + 2, sizeof(char *));
    strings->items[strings->count++] = string;
    strings->items[strings->count] = NULL;
}

void strings_add(Strings *strings, const char *string)
{
    strings_take(strings, copy_string(string));
}

void strings_clear(Strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (Strings){0};
}
