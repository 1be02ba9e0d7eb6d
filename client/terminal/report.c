/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the form of messages on standard error: one line or one JSON object for each. Verbs, words
 * and files complain with it; what a failed call means is in bus/failure.c. Main thread.
 */
#include "terminal/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-bus.h>

#include "alloc.h"
#include "terminal/print.h"

static int trouble = 1;
static bool as_json, with_names;
static bool keeping;
static char *kept_name, *kept_message;

void report_trouble_is_two(void)
{
    trouble = 2;
}

int report_trouble(void)
{
    return trouble;
}

void report_set_style(bool json, bool verbose)
{
    as_json = json;
    with_names = verbose;
}

void report_write_json(FILE *file, const char *subject, const char *name, const char *message)
{
    fputs("{\"error\":", file);
    json_string(file, name ? name : SD_BUS_ERROR_FAILED);
    if (subject) {
        fputs(",\"subject\":", file);
        json_string(file, subject);
    }
    fputs(",\"message\":", file);
    json_string(file, message);
    fputc('}', file);
}

void report_keep(void)
{
    keeping = true;
}

/* The first error has the name, all have their lines. */
static void keep(const char *name, const char *message)
{
    char *longer = format_string("%s%s%s", kept_message ? kept_message : "",
                                 kept_message ? "\n" : "", message);

    if (!kept_message && name)
        kept_name = copy_string(name);
    free(kept_message);
    kept_message = longer;
}

bool report_has_kept(void)
{
    return kept_message;
}

void report_write_kept(FILE *file)
{
    if (file && kept_message)
        report_write_json(file, NULL, kept_name, kept_message);
    else if (file)
        fputs("null", file);
    free(kept_name);
    free(kept_message);
    kept_name = kept_message = NULL;
    keeping = false;
}

static void write_start(const char *subject, const char *severity)
{
    fputs("domwright: ", stderr);
    if (subject) {
        print_text(stderr, subject);
        fputs(": ", stderr);
    }
    if (severity)
        fprintf(stderr, "%s: ", severity);
}

/* Each line says what it is about. */
static void write_lines(const char *subject, const char *severity, const char *message,
                        const char *name)
{
    for (const char *end; (end = strchr(message, '\n')) && end[1]; message = end + 1) {
        _cleanup_free_ char *line = copy_bytes(message, (size_t)(end - message));

        write_start(subject, severity);
        print_block(stderr, line);
        fputc('\n', stderr);
    }
    write_start(subject, severity);
    print_block(stderr, message);
    if (with_names && name)
        fprintf(stderr, " (%s)", name);
    fputc('\n', stderr);
}

int report_named_error(const char *subject, const char *name, const char *message)
{
    fflush(stdout);
    if (keeping)
        keep(name, message);
    if (as_json) {
        report_write_json(stderr, subject, name, message);
        fputc('\n', stderr);
    } else {
        write_lines(subject, NULL, message, name);
    }
    return trouble;
}

/* The name is for programs; nobody else wants to know that it is no other. */
__attribute__((format(printf, 3, 0))) static void
report_format(const char *subject, const char *name, const char *format, va_list arguments)
{
    _cleanup_free_ char *message = NULL;

    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    report_named_error(subject, as_json ? name : NULL, message ? message : "Out of memory.");
}

int report_error(const char *subject, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report_format(subject, SD_BUS_ERROR_FAILED, format, arguments);
    va_end(arguments);
    return trouble;
}

int report_usage(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report_format(NULL, SD_BUS_ERROR_INVALID_ARGS, format, arguments);
    va_end(arguments);
    return STATUS_USAGE;
}

void report_note(const char *subject, const char *severity, const char *message)
{
    if (as_json)
        return;
    fflush(stdout);
    write_lines(subject, severity, message, NULL);
}
