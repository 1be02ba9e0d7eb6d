/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads results and problems and tells people about them. It knows the members the contract gives a
 * result, and nothing of the call that led to it.
 */
#include "results.h"

#include <string.h>

#include "arguments.h"
#include "memory.h"
#include "report.h"
#include "terminal.h"

static const char *text_of(const Values *problem, const char *name)
{
    const char *text = values_get(problem, name);

    return text ? text : "";
}

bool problems_have_errors(const Rows *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(text_of(&problems->items[i], "severity"), "error") == 0)
            return true;
    return false;
}

char *problem_place(const Values *problem)
{
    const char *kind = text_of(problem, "kind"), *id = text_of(problem, "id");
    const char *key = text_of(problem, "key");

    return format_string("%s%s%s%s%s", kind, *id ? "/" : "", id, *kind && *key ? "/" : "", key);
}

typedef struct {
    bool changed, restart_needed;
    char *diff;
    Rows problems;
    Values skipped; /* name, reason */
} Result;

static void result_clear(Result *result)
{
    free(result->diff);
    rows_clear(&result->problems);
    values_clear(&result->skipped);
}

static int read_bool(sd_bus_message *message, bool *ret_value)
{
    int value = 0, r = sd_bus_message_read(message, "v", "b", &value);

    *ret_value = value;
    return r;
}

static int read_nested(sd_bus_message *message, const char *name, Result *result)
{
    bool problems = strcmp(name, "problems") == 0;
    int r = sd_bus_message_enter_container(message, 'v', problems ? "aa{sv}" : "a{ss}");

    if (r >= 0)
        r = problems ? rows_read(message, &result->problems)
                     : values_read(message, &result->skipped);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_member(sd_bus_message *message, const char *name, Result *result)
{
    if (strcmp(name, "changed") == 0)
        return read_bool(message, &result->changed);
    if (strcmp(name, "restart-needed") == 0)
        return read_bool(message, &result->restart_needed);
    if (strcmp(name, "problems") == 0 || strcmp(name, "skipped") == 0)
        return read_nested(message, name, result);
    if (strcmp(name, "diff") == 0) {
        const char *diff;
        int r = sd_bus_message_read(message, "v", "s", &diff);

        if (r >= 0) {
            free(result->diff);
            result->diff = copy_string(diff);
        }
        return r;
    }
    return sd_bus_message_skip(message, "v");
}

static int result_read(sd_bus_message *message, Result *result)
{
    const char *name;
    int r = sd_bus_message_enter_container(message, 'a', "{sv}");

    while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        r = sd_bus_message_read_basic(message, 's', &name);
        if (r >= 0)
            r = read_member(message, name, result);
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* Defaults that were taken are for who asks what an edit would do, or wants to know everything. */
static bool is_wanted(const Values *problem)
{
    return arg_verbose || arg_dry_run || strcmp(text_of(problem, "severity"), "info") != 0;
}

static void tell(const char *subject, const Result *result)
{
    for (size_t i = 0; i < result->problems.count; i++) {
        const Values *problem = &result->problems.items[i];

        if (is_wanted(problem))
            report_note(subject, text_of(problem, "severity"), text_of(problem, "message"));
    }
    for (size_t i = 0; i < result->skipped.count; i++) {
        _cleanup_free_ char *sentence = format_string(
            "%s was left out: %s", result->skipped.items[i].name, result->skipped.items[i].text);

        report_note(subject, "info", sentence);
    }
    if (result->restart_needed)
        report_note(subject, "info",
                    "It is running and will have the change when it is shut down "
                    "and started again.");
    if (result->diff && (arg_diff || arg_dry_run))
        print_diff(terminal_out(), result->diff);
}

int result_report(const char *subject, sd_bus_message *reply)
{
    _cleanup_(result_clear) Result result = {0};
    int r = result_read(reply, &result);

    if (r < 0)
        return report_bad_answer(subject, r);
    if (!arg_json)
        tell(subject, &result);
    if (!arg_dry_run)
        return STATUS_FINE;
    if (problems_have_errors(&result.problems))
        return report_trouble();
    return result.changed ? STATUS_DIFFERS : STATUS_FINE;
}
