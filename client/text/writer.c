/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the appending of arguments to calls. Everything that calls a method with more than basic
 * arguments uses it. Main thread.
 */
#include "text/writer.h"

#include <stdarg.h>

static void keep_error(Writer *writer, int r)
{
    if (r < 0 && writer->error >= 0)
        writer->error = r;
}

void writer_open(Writer *writer, char type, const char *contents)
{
    if (writer->error >= 0)
        keep_error(writer, sd_bus_message_open_container(writer->message, type, contents));
}

void writer_close(Writer *writer)
{
    if (writer->error >= 0)
        keep_error(writer, sd_bus_message_close_container(writer->message));
}

void writer_append(Writer *writer, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    if (writer->error >= 0)
        keep_error(writer, sd_bus_message_appendv(writer->message, types, arguments));
    va_end(arguments);
}

void writer_strings(Writer *writer, char **strings)
{
    if (writer->error >= 0)
        keep_error(writer, sd_bus_message_append_strv(writer->message, strings));
}

void writer_option(Writer *writer, const char *name, const char *value)
{
    if (value)
        writer_append(writer, "{sv}", name, "s", value);
}

void writer_flag(Writer *writer, const char *name, bool value)
{
    if (value)
        writer_append(writer, "{sv}", name, "b", 1);
}
