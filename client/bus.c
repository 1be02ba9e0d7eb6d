/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One connection for the life of the program: which bus, how long to wait, whether polkit may ask.
 * It knows the daemon's name and nothing of its methods.
 */
#include "bus.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "agent.h"
#include "arguments.h"
#include "memory.h"
#include "report.h"
#include "terminal.h"

#define SECOND 1000000ULL
/* Longer than the deadlines of the daemon's own work, which then has the better error. */
#define PATIENCE (120 * SECOND)
#define MOMENT   (3 * SECOND)

static sd_bus *connection;
static bool unreachable; /* said once */
static bool questions_expected;

static int connect_bus(sd_bus **ret_bus)
{
    _cleanup_(sd_bus_unrefp) sd_bus *bus = NULL;
    int r;

    if (arg_session)
        return sd_bus_open_user(ret_bus);
    if (!arg_address)
        return sd_bus_open_system(ret_bus);
    r = sd_bus_new(&bus);
    if (r >= 0)
        r = sd_bus_set_address(bus, arg_address);
    if (r >= 0)
        r = sd_bus_set_bus_client(bus, true);
    if (r >= 0)
        r = sd_bus_start(bus);
    if (r >= 0)
        *ret_bus = steal(bus);
    return r;
}

sd_bus *bus_get(void)
{
    int r;

    if (connection || unreachable)
        return connection;
    r = connect_bus(&connection);
    if (r >= 0)
        r = sd_bus_set_method_call_timeout(connection, PATIENCE);
    if (r < 0) {
        report_error(NULL, "The %s cannot be reached: %s.",
                     arg_address   ? arg_address
                     : arg_session ? "session bus"
                                   : "system bus (another is named with --session or --address)",
                     strerror(-r));
        connection = sd_bus_unref(connection);
        unreachable = true;
    }
    return connection;
}

void bus_expect_questions(void)
{
    if (questions_expected || arg_session || arg_address || geteuid() == 0 || !terminal_can_ask())
        return;
    questions_expected = true;
    if (!bus_get() || !agent_start())
        return;
    sd_bus_set_allow_interactive_authorization(connection, true);
    sd_bus_set_method_call_timeout(connection, UINT64_MAX); /* a person takes as long as needed */
}

void bus_be_impatient(void)
{
    if (bus_get())
        sd_bus_set_method_call_timeout(connection, MOMENT);
}

void bus_close(void)
{
    connection = sd_bus_flush_close_unref(connection);
    agent_stop();
}

int bus_prepare(const char *path, const char *interface, const char *member,
                sd_bus_message **ret_message)
{
    sd_bus *bus = bus_get();

    if (!bus)
        return -ENOTCONN;
    return sd_bus_message_new_method_call(bus, ret_message, DOMWRIGHT_BUS_NAME, path, interface,
                                          member);
}

int bus_send(sd_bus_message *message, sd_bus_error *error, sd_bus_message **ret_reply)
{
    return sd_bus_call(connection, message, 0, error, ret_reply);
}

int bus_call(const char *path, const char *interface, const char *member, sd_bus_error *error,
             sd_bus_message **ret_reply, const char *types, ...)
{
    _cleanup_message_ sd_bus_message *message = NULL;
    va_list arguments;
    int r = bus_prepare(path, interface, member, &message);

    if (r < 0)
        return r;
    va_start(arguments, types);
    r = sd_bus_message_appendv(message, types, arguments);
    va_end(arguments);
    return r < 0 ? r : bus_send(message, error, ret_reply);
}

char *bus_property(const char *path, const char *interface, const char *name)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *text = NULL;
    char type;

    if (!bus_get() || bus_call(path, "org.freedesktop.DBus.Properties", "Get", NULL, &reply, "ss",
                               interface, name) < 0)
        return NULL;
    if (sd_bus_message_enter_container(reply, 'v', NULL) < 0 ||
        sd_bus_message_peek_type(reply, &type, NULL) <= 0 || !strchr("so", type) ||
        sd_bus_message_read_basic(reply, type, &text) < 0)
        return NULL;
    return copy_string(text);
}

int append_string_option(sd_bus_message *message, const char *name, const char *value)
{
    return value ? sd_bus_message_append(message, "{sv}", name, "s", value) : 0;
}

int append_bool_option(sd_bus_message *message, const char *name, bool value)
{
    return value ? sd_bus_message_append(message, "{sv}", name, "b", 1) : 0;
}

int append_change_options(sd_bus_message *message)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");

    if (r >= 0)
        r = append_bool_option(message, "dry-run", arg_dry_run);
    if (r >= 0)
        r = append_bool_option(message, "diff", arg_diff || arg_dry_run);
    if (r >= 0)
        r = append_bool_option(message, "cascade", arg_cascade);
    if (r >= 0)
        r = append_string_option(message, "expected-revision", arg_expect);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int append_read_options(sd_bus_message *message)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");

    if (r >= 0)
        r = append_bool_option(message, "secrets", arg_secrets);
    if (r >= 0)
        r = append_bool_option(message, "live", arg_live);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

char *host_path(void)
{
    return format_string(DOMWRIGHT_HOST_PREFIX "%s", arg_host ? arg_host : "local");
}
