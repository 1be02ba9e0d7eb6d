/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the members that the contract gives a result, and how people are told of them. Verbs report
 * with it what a call has changed. Main thread.
 */
#include "bus/result.h"

#include <string.h>

#include "alloc.h"
#include "arguments.h"
#include "bus/bus.h"
#include "bus/edits.h"
#include "bus/failure.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/hints.h"
#include "text/shell.h"

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
    Values skipped;   /* name, reason */
    Strings removing; /* KIND/ID */
} Result;

static void result_clear(Result *result)
{
    free(result->diff);
    rows_clear(&result->problems);
    values_clear(&result->skipped);
    strings_clear(&result->removing);
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

static int read_removing(sd_bus_message *message, Result *result)
{
    const char *kind, *id;
    int r = sd_bus_message_enter_container(message, 'v', "a(ss)");

    if (r >= 0)
        r = sd_bus_message_enter_container(message, 'a', "(ss)");
    while (r >= 0 && (r = sd_bus_message_read(message, "(ss)", &kind, &id)) > 0) {
        _cleanup_free_ char *name = format_string("%s/%s", kind, id);

        strings_add(&result->removing, name);
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
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
    if (strcmp(name, "removing") == 0)
        return read_removing(message, result);
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

/* Does it tell of a setting that is another now, or gone, though nobody named it, or that stays
 * though one could think otherwise? */
static bool is_change(const char *rule)
{
    static const char *const ends[] = {"-drops", "-follows", "-fixed", "-stays", "-takes"};
    size_t length = strlen(rule);

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        size_t end = strlen(ends[i]);

        if (length > end && strcmp(rule + length - end, ends[i]) == 0)
            return true;
    }
    return strncmp(rule, "stored-", 7) == 0 || strcmp(rule, "live.asked") == 0;
}

/* Defaults that were taken are for who asks what an edit would do, or wants to know everything. */
static bool is_wanted(const Values *problem)
{
    return arg_verbose || arg_dry_run || strcmp(text_of(problem, "severity"), "info") != 0 ||
           is_change(text_of(problem, "rule"));
}

/* "disk vda", "disk "vda"" or "disk/vda" */
static bool says_device(const char *message, const char *kind, const char *id)
{
    const char *found = strstr(message, kind), *after = found ? found + strlen(kind) : NULL;

    return after && strchr(" /", *after) && *after &&
           strncmp(after + 1 + (after[1] == '"'), id, strlen(id)) == 0;
}

/* ---- Devices as the person has named them ---- */

typedef struct {
    char *place, *name;
} Named;

static Named *named;
static size_t n_named;

void problems_name(const char *kind, const char *id, char *name)
{
    char *place = format_string("%s/%s", kind, id);

    if (!name || strcmp(place, name) == 0) {
        free(place);
        free(name);
        return;
    }
    named = grow_array(named, n_named + 1, sizeof *named);
    named[n_named++] = (Named){place, name};
}

static char *place_as_named(const char *kind, const char *id)
{
    char *place = format_string("%s/%s", kind, id);

    for (size_t i = 0; i < n_named; i++)
        if (strcmp(named[i].place, place) == 0) {
            free(place);
            return copy_string(named[i].name);
        }
    return place;
}

/* What a problem is about, as the person wrote it; "" when its message says so itself. */
static char *subject_of(const Values *problem, const ResultView *view)
{
    const char *kind = text_of(problem, "kind"), *id = text_of(problem, "id");
    unsigned edit = (unsigned)strtoul(text_of(problem, "edit"), NULL, 10);
    char *name = NULL;

    if (*kind && *id && says_device(text_of(problem, "message"), kind, id))
        return copy_string("");
    if (*kind && *id)
        name = place_as_named(kind, id);
    if (!*id && edit && view->edits)
        name = edit_name(view->edits, edit + view->first_edit);
    if (name) {
        char *subject = format_string("%s: ", name);

        free(name);
        return subject;
    }
    return copy_string("");
}

static void report_problem(const char *subject, const Values *problem, const ResultView *view)
{
    const char *kind = text_of(problem, "kind"), *severity = text_of(problem, "severity");
    _cleanup_free_ char *about = subject_of(problem, view);
    const char *hint = strcmp(severity, "error") == 0
                           ? hint_for_unknown(kind, text_of(problem, "key")) ?: hint_for_kind(kind)
                           : NULL;
    _cleanup_free_ char *words = in_words_of_options(text_of(problem, "message"));
    _cleanup_free_ char *message = message_with_hint(format_string("%s%s", about, words), hint);

    /* Notes are not told with --json; why nothing was done is. */
    if (arg_json && strcmp(severity, "error") == 0)
        report_named_error(subject, DOMWRIGHT_ERROR_INVALID, message);
    else
        report_note(subject, severity, message);
}

void problem_report(const char *subject, const Values *problem)
{
    static const ResultView plain;

    report_problem(subject, problem, &plain);
}

/* Whether the edits would change something with this affect, and nothing is in the way: a dry run
 * tells. */
static bool would_do(const ResultView *view, const char *affect)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_(result_clear) Result result = {0};
    Writer call = bus_begin(view->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply");

    append_edits(&call, view->edits);
    append_trial_options(&call, affect);
    return bus_finish(&call, NULL, &reply) >= 0 && sd_bus_message_skip(reply, "as") >= 0 &&
           result_read(reply, &result) >= 0 && result.changed &&
           !problems_have_errors(&result.problems);
}

/* What does the same in the running domain, after what was done or in its place. */
static const char *sooner(const ResultView *view)
{
    if (!view->edits || !view->path)
        return "";
    if (arg_dry_run || edits_can_repeat(view->edits))
        return would_do(view, "both") ? "; --now does it at once as well" : "";
    /* The configuration has them no more. */
    return edits_remove_only(view->edits) && would_do(view, "live")
               ? "; --live does it at once as well"
               : "";
}

static void report_result(const char *subject, const Result *result, const ResultView *view)
{
    for (size_t i = 0; i < result->problems.count; i++)
        if (is_wanted(&result->problems.items[i]))
            report_problem(subject, &result->problems.items[i], view);
    for (size_t i = 0; i < result->skipped.count; i++) {
        _cleanup_free_ char *sentence = format_string(
            "%s was left out: %s", result->skipped.items[i].name, result->skipped.items[i].text);

        report_note(subject, "info", sentence);
    }
    if (result->restart_needed && !view->heading) {
        _cleanup_free_ char *note =
            format_string("It takes effect at the next start%s.", sooner(view));

        report_note(subject, "info", note);
    }
    if (result->diff && *result->diff && (arg_diff || arg_dry_run)) {
        if (view->heading)
            print_heading(terminal_out(), subject);
        print_diff(terminal_out(), result->diff);
    }
}

/* Of a rebase: then nothing was changed. */
static bool has_conflicts(const Rows *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(text_of(&problems->items[i], "rule"), "rebase-conflict") == 0 &&
            strcmp(text_of(&problems->items[i], "severity"), "error") == 0)
            return true;
    return false;
}

int problems_read(const char *name, const char *path, Rows *problems, sd_bus_message **ret_reply)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(path, DOMWRIGHT_CONFIG_INTERFACE, "Validate", &error, &reply, "a{sv}", 0);

    if (r < 0)
        return report_bus_error(name, r, &error);
    r = rows_read(reply, problems);
    if (r < 0)
        return report_bad_answer(name, r);
    if (ret_reply)
        *ret_reply = sd_bus_message_ref(reply);
    return STATUS_FINE;
}

/* A paused guest hears nothing. */
static bool is_paused(const ResultView *view)
{
    _cleanup_free_ char *state =
        view->path ? bus_property(view->path, DOMWRIGHT_DOMAIN_INTERFACE, "State") : NULL;

    return state && strcmp(state, "paused") == 0;
}

/* A sentence with the command that gets on with it, or "". */
static char *next_command(const ResultView *view, const char *device, bool paused)
{
    _cleanup_free_ char *name = NULL, *word = NULL;

    if (!view->domain || strchr(view->domain, '/')) /* HOST/NAME is no word for a domain */
        return copy_string("");
    name = shell_word(view->domain);
    word = shell_word(device);
    return paused ? format_string(" It is paused; \"domwright resume %s\" lets it go on.", name)
                  : format_string(" \"domwright remove %s %s --live\" asks it again.", name, word);
}

/* What has not happened is no success. */
static int report_removing(const char *subject, const Strings *removing, const ResultView *view)
{
    bool paused = removing->count > 0 && is_paused(view);
    int status = STATUS_FINE;

    for (size_t i = 0; i < removing->count; i++) {
        _cleanup_free_ char *next = next_command(view, removing->items[i], paused);

        status = report_error(subject, "%s: The guest has not let go of it yet.%s",
                              removing->items[i], next);
    }
    return status;
}

int result_report(const char *subject, sd_bus_message *reply, const ResultView *view)
{
    _cleanup_(result_clear) Result result = {0};
    static const ResultView plain;
    int r = result_read(reply, &result);

    if (!view)
        view = &plain;
    if (r < 0)
        return report_bad_answer(subject, r);
    if (view->ret_changed)
        *view->ret_changed = result.changed;
    if (!arg_json)
        report_result(subject, &result, view);
    if (has_conflicts(&result.problems))
        return report_error(subject, "Nothing was changed; --prefer mine or --prefer theirs says "
                                     "whose counts.");
    if (!arg_dry_run)
        return report_removing(subject, &result.removing, view);
    if (problems_have_errors(&result.problems))
        return report_trouble();
    return result.changed ? STATUS_DIFFERS : STATUS_FINE;
}

int result_print_diff(const char *name, sd_bus_message *reply, int r, const sd_bus_error *error,
                      int differs)
{
    const char *diff;

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 's', &diff);
    if (r < 0)
        return report_bus_error(name, r, error);
    if (arg_json) {
        json_string(terminal_out(), diff);
        fputc('\n', terminal_out());
    } else {
        print_diff(terminal_out(), diff);
    }
    return *diff ? differs : STATUS_FINE;
}
