/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors and notes on standard error: one sentence, with the remedy where this side knows it. The
 * daemon's own sentences are passed on as they are; error names are for programs (--json,
 * --verbose).
 */
#include "report.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "json.h"
#include "memory.h"
#include "terminal.h"

static int trouble = 1;

void report_trouble_is_two(void)
{
    trouble = 2;
}

int report_trouble(void)
{
    return trouble;
}

static void write_json(const char *subject, const char *name, const char *message)
{
    fputs("{\"error\":", stderr);
    json_string(stderr, name);
    if (subject) {
        fputs(",\"subject\":", stderr);
        json_string(stderr, subject);
    }
    fputs(",\"message\":", stderr);
    json_string(stderr, message);
    fputs("}\n", stderr);
}

static void write_line(const char *subject, const char *name, const char *message)
{
    fflush(stdout);
    if (arg_json) {
        write_json(subject, name ? name : "", message);
        return;
    }
    fputs("domwright: ", stderr);
    if (subject) {
        print_text(stderr, subject);
        fputs(": ", stderr);
    }
    print_block(stderr, message);
    if (arg_verbose && name)
        fprintf(stderr, " (%s)", name);
    fputc('\n', stderr);
}

int report_error(const char *subject, const char *format, ...)
{
    _cleanup_free_ char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    write_line(subject, NULL, message ? message : "out of memory");
    return trouble;
}

int report_usage(const char *format, ...)
{
    _cleanup_free_ char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    write_line(NULL, NULL, message ? message : "out of memory");
    return STATUS_USAGE;
}

static const char *remedy(const char *name)
{
    static const struct {
        const char *name, *remedy;
    } remedies[] = {
        {SD_BUS_ERROR_SERVICE_UNKNOWN,
         "domwrightd is not on this bus; start it with \"systemctl start domwrightd\", or name "
         "another bus with --session or --address."},
        {SD_BUS_ERROR_NAME_HAS_NO_OWNER,
         "domwrightd is not on this bus; start it with \"systemctl start domwrightd\", or name "
         "another bus with --session or --address."},
        {SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
         "This needs authorisation that can only be given by a person; run it from a terminal, or "
         "as root."},
        {SD_BUS_ERROR_NO_REPLY,
         "domwrightd did not answer in time; whether the work was done can be seen with "
         "\"domwright show\"."},
    };

    for (size_t i = 0; i < sizeof(remedies) / sizeof(*remedies); i++)
        if (name && strcmp(name, remedies[i].name) == 0)
            return remedies[i].remedy;
    return NULL;
}

/* Objects that are not there because the host named on the command line is not. */
static bool is_missing_host(const sd_bus_error *error)
{
    return arg_host && (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
                        sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_METHOD));
}

int report_bus_error(const char *subject, int r, const sd_bus_error *error)
{
    const char *message = NULL;

    if (sd_bus_error_is_set(error)) {
        message = is_missing_host(error) ? "There is no such host; \"domwright hosts\" lists them."
                                         : remedy(error->name);
        if (!message)
            message = error->message;
        if (!message)
            message = error->name;
        write_line(subject, error->name, message);
    } else {
        write_line(subject, NULL, strerror(r < 0 ? -r : r));
    }
    return trouble;
}

int report_bad_answer(const char *subject, int r)
{
    return report_error(subject,
                        "The daemon's answer cannot be read (%s); domwright and domwrightd are "
                        "perhaps of different versions.",
                        strerror(-r));
}

void report_note(const char *subject, const char *severity, const char *message)
{
    fflush(stdout);
    fputs("domwright: ", stderr);
    if (subject) {
        print_text(stderr, subject);
        fputs(": ", stderr);
    }
    fprintf(stderr, "%s: ", severity);
    print_block(stderr, message);
    fputc('\n', stderr);
}
