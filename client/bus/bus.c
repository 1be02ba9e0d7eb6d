/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the connection, one for the life of the program: which bus, how long to wait, whether polkit
 * may ask. Everything that calls the daemon uses it. Main thread.
 */
#include "bus/bus.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "alloc.h"
#include "arguments.h"
#include "bus/agent.h"
#include "bus/patience.h"
#include "terminal/report.h"
#include "terminal/terminal.h"

#define SECOND 1000000ULL
/* Longer than the deadlines of the daemon's own work, which then has the better error. */
#define PATIENCE (120 * SECOND)
#define MOMENT   (3 * SECOND)

static sd_bus *connection;
static bool unreachable; /* said once */
static bool questions_expected;
static bool listening; /* to signals */

static int connect_bus(sd_bus **ret_bus)
{
    _cleanup_(sd_bus_unrefp) sd_bus *bus = NULL;
    int r;

    if (arg_session)
        return sd_bus_open_user(ret_bus);
    if (!arg_address)
        return sd_bus_open_system(ret_bus);
    if (!strchr(arg_address, ':')) /* which sd-bus would take for a host that is away */
        return -EINVAL;
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

static void report_unreachable(int r)
{
    _cleanup_free_ char *address = arg_address ? format_string("bus at %s", arg_address) : NULL;

    if (arg_address && r == -EINVAL)
        report_error(NULL,
                     "\"%s\" is not a D-Bus address; write for example "
                     "unix:path=/run/dbus/system_bus_socket.",
                     arg_address);
    else if (arg_session && !arg_address && r == -ENOMEDIUM)
        report_error(NULL,
                     "The session bus cannot be reached: neither DBUS_SESSION_BUS_ADDRESS nor "
                     "XDG_RUNTIME_DIR says where it is, as they do for who has logged in.");
    else
        report_error(NULL, "The %s cannot be reached: %s.",
                     arg_address   ? address
                     : arg_session ? "session bus"
                                   : "system bus (another is named with --session or --address)",
                     strerror(-r));
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
        report_unreachable(r);
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

void bus_allow_wait(unsigned seconds)
{
    uint64_t usual;

    if (bus_get() && sd_bus_get_method_call_timeout(connection, &usual) >= 0 && usual != UINT64_MAX)
        sd_bus_set_method_call_timeout(connection, PATIENCE + seconds * SECOND);
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

Writer bus_begin(const char *path, const char *interface, const char *member)
{
    sd_bus *bus = bus_get();
    Writer call = {NULL, bus ? 0 : -ENOTCONN};

    if (bus)
        call.error = sd_bus_message_new_method_call(bus, &call.message, DOMWRIGHT_BUS_NAME, path,
                                                    interface, member);
    return call;
}

int bus_finish(Writer *call, sd_bus_error *error, sd_bus_message **ret_reply)
{
    int r = call->error;

    /* In a handler of signals, and where those wait for what is being asked, none is dispatched. */
    if (r >= 0 && (listening || sd_bus_get_current_message(connection)))
        r = sd_bus_call(connection, call->message, 0, error, ret_reply);
    else if (r >= 0)
        r = patience_call(connection, call->message, error, ret_reply);
    call->message = sd_bus_message_unref(call->message);
    return r;
}

int bus_listen(const char *match, sd_bus_message_handler_t handler, void *data)
{
    listening = true;
    return sd_bus_add_match(bus_get(), NULL, match, handler, data);
}

int bus_call(const char *path, const char *interface, const char *member, sd_bus_error *error,
             sd_bus_message **ret_reply, const char *types, ...)
{
    Writer call = bus_begin(path, interface, member);
    va_list arguments;

    va_start(arguments, types);
    if (call.error >= 0)
        call.error = sd_bus_message_appendv(call.message, types, arguments);
    va_end(arguments);
    return bus_finish(&call, error, ret_reply);
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

void writer_change_options(Writer *call)
{
    writer_flag(call, "dry-run", arg_dry_run);
    writer_flag(call, "diff", arg_diff || arg_dry_run);
    writer_flag(call, "cascade", arg_cascade);
    writer_flag(call, "force", arg_force);
    writer_option(call, "affect", arg_now ? "both" : arg_live ? "live" : NULL);
    writer_option(call, "expected-revision", arg_expect);
    if (arg_timeout) {
        writer_append(call, "{sv}", "timeout", "u", (uint32_t)arg_seconds * 1000);
        bus_allow_wait(arg_seconds);
    }
}

void append_change_options(Writer *call)
{
    writer_open(call, 'a', "{sv}");
    writer_change_options(call);
    writer_close(call);
}

void append_trial_options(Writer *call, const char *affect)
{
    writer_open(call, 'a', "{sv}");
    writer_flag(call, "dry-run", true);
    writer_flag(call, "cascade", arg_cascade);
    writer_option(call, "affect", affect);
    writer_close(call);
}

void append_read_options(Writer *call)
{
    writer_open(call, 'a', "{sv}");
    writer_flag(call, "secrets", arg_secrets);
    writer_flag(call, "live", arg_live);
    writer_close(call);
}
