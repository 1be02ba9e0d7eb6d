/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See caller.h.
 */
#include "caller.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

#define CALL_SECONDS 120

void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

sd_bus *caller_open(const char *address)
{
    sd_bus *bus = NULL;

    if (sd_bus_new(&bus) < 0 || sd_bus_set_address(bus, address) < 0 ||
        sd_bus_set_bus_client(bus, 1) < 0 || sd_bus_start(bus) < 0)
        die("no bus at %s", address);
    sd_bus_set_method_call_timeout(bus, CALL_SECONDS * UINT64_C(1000000));
    return bus;
}

static sd_bus_message *call_va(sd_bus *bus, const char *name, const char *path,
                               const char *interface, const char *method, const char *types,
                               va_list arguments)
{
    _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *reply = NULL;
    int r =
        sd_bus_call_methodv(bus, name, path, interface, method, &error, &reply, types, arguments);

    if (r < 0)
        die("%s.%s on %s: %s", interface, method, path,
            error.message ? error.message : strerror(-r));
    return reply;
}

sd_bus_message *call(sd_bus *bus, const char *name, const char *path, const char *interface,
                     const char *method, const char *types, ...)
{
    sd_bus_message *reply;
    va_list arguments;

    va_start(arguments, types);
    reply = call_va(bus, name, path, interface, method, types, arguments);
    va_end(arguments);
    return reply;
}

void call_only(sd_bus *bus, const char *name, const char *path, const char *interface,
               const char *method, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sd_bus_message_unref(call_va(bus, name, path, interface, method, types, arguments));
    va_end(arguments);
}

void ping(sd_bus *bus, const char *name, const char *path)
{
    call_only(bus, name, path, "org.freedesktop.DBus.Peer", "Ping", "");
}

char *reply_path(sd_bus_message *reply)
{
    const char *text;
    char *path;

    if (sd_bus_message_read(reply, "o", &text) < 0)
        die("the answer is not a path");
    path = g_strdup(text);
    sd_bus_message_unref(reply);
    return path;
}

pid_t fork_client(void)
{
    pid_t parent = getpid(), pid = fork();

    if (pid < 0)
        die("fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    }
    return pid;
}

Rows rows_read(sd_bus *bus, const char *prefix)
{
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply =
        call(bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE, "ListDomains", "a{sv}",
             1, "columns", "as", 2, "name", "uuid");
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Row));
    const char *path, *name, *uuid;
    Rows rows;

    if (sd_bus_message_enter_container(reply, 'a', "(oa{sv})") < 0)
        die("ListDomains does not answer a list");
    while (sd_bus_message_read(reply, "(oa{sv})", &path, 2, NULL, "s", &name, NULL, "s", &uuid) > 0)
        if (g_str_has_prefix(name, prefix)) {
            Row row = {g_strdup(path), g_strdup(name), g_strdup(uuid)};
            g_array_append_val(found, row);
        }
    rows.count = found->len;
    rows.rows = (Row *)(void *)g_array_free(found, FALSE);
    if (rows.count == 0)
        die("there are no domains %s*", prefix);
    return rows;
}
