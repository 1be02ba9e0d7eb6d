/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verbs about earlier definitions: history, restore, recover. A row of history is a
 * change, with the revision before it; a person may write the first digits of a revision, or a
 * time. Main thread.
 */
#include "verbs/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/result.h"
#include "terminal/columns.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"
#include "text/shell.h"
#include "verbs/define.h"
#include "verbs/targets.h"

#define SHOWN_DIGITS 10 /* of a revision, in a table */

static const char *text_of(const Values *row, const char *name)
{
    const char *text = values_get(row, name);

    return text ? text : "";
}

static int call_history(const Target *target, sd_bus_message **ret_reply)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "ListHistory", &error, ret_reply,
                     "a{sv}", 0);

    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

static int read_history(const Target *target, Rows *rows)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int status = call_history(target, &reply), r;

    if (status != STATUS_FINE)
        return status;
    r = rows_read(reply, rows);
    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

/* ---- Which revision ---- */

/* "2026-11-28", "2026-11-28 14:30" or "14:30" of today; false for what is no time. */
static bool read_time(const char *word, int64_t *ret_usec)
{
    static const char *const formats[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
                                          "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"};
    time_t now = time(NULL);
    struct tm parts;
    const char *end;

    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        parts = (struct tm){.tm_isdst = -1};
        end = strptime(word, formats[i], &parts);
        if (end && !*end) {
            *ret_usec = (int64_t)mktime(&parts) * 1000000;
            return true;
        }
    }
    localtime_r(&now, &parts);
    parts.tm_sec = 0;
    end = strptime(word, "%H:%M", &parts);
    if (!end || *end)
        return false;
    *ret_usec = (int64_t)mktime(&parts) * 1000000;
    return true;
}

static int64_t now_usec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t time_of(const Values *row)
{
    return strtoll(text_of(row, "time"), NULL, 10);
}

/* What was defined then: the revision before the first change since. The rows are in the order in
 * which things happened, newest first, whatever the clock said: none came after the one above. */
static const char *revision_at(const Rows *rows, int64_t usec)
{
    const char *revision = NULL;
    int64_t latest = now_usec();

    for (size_t i = 0; i < rows->count; i++) {
        latest = time_of(&rows->items[i]) < latest ? time_of(&rows->items[i]) : latest;
        if (latest > usec)
            revision = values_get(&rows->items[i], "revision");
    }
    return revision;
}

/* A clock that has been put back since. */
static void say_of_the_future(const Target *target, const Rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (time_of(&rows->items[i]) <= now_usec())
            continue;
        report_note(target->name, "info",
                    "Times in the future are of a clock that has been put back since; the order "
                    "of the changes is right.");
        return;
    }
}

/* The revision that begins so; several rows may share one. */
static const char *revision_from(const Rows *rows, const char *word, bool *ret_several)
{
    const char *found = NULL;

    *ret_several = false;
    for (size_t i = 0; i < rows->count; i++) {
        const char *revision = text_of(&rows->items[i], "revision");

        if (strncmp(revision, word, strlen(word)) != 0)
            continue;
        *ret_several = *ret_several || (found && strcmp(found, revision) != 0);
        found = revision;
    }
    return found;
}

/* NULL after a complaint. */
static const char *find_revision(const Target *target, const Rows *rows, const char *word)
{
    bool several = false;
    const char *revision;
    int64_t usec;

    if (read_time(word, &usec) && usec > now_usec()) {
        report_error(target->name,
                     "%s has not come yet; the date of an earlier day goes before "
                     "the time, as in \"2026-11-28 14:30\".",
                     word);
        return NULL;
    }
    if (read_time(word, &usec)) {
        revision = revision_at(rows, usec);
        if (!revision)
            report_error(target->name, "Nothing that is kept has changed since %s.", word);
        return revision;
    }
    revision = revision_from(rows, word, &several);
    if (!revision)
        report_error(target->name,
                     "No revision begins with \"%s\"; \"domwright history\" lists them.", word);
    else if (several)
        report_error(target->name, "Several revisions begin with \"%s\"; write more of it.", word);
    return several ? NULL : revision;
}

/* ---- history ---- */

static const char *author_of(const Values *row)
{
    const char *user = text_of(row, "user"), *origin = text_of(row, "origin");

    return *user ? user : strcmp(origin, "external") == 0 ? "(not domwright)" : "-";
}

static void add_cut(Columns *columns, const char *revision)
{
    _cleanup_free_ char *cut = copy_bytes(revision, strnlen(revision, SHOWN_DIGITS));

    columns_add(columns, terminal_is_person() ? cut : revision);
}

/* What was changed; of a change that the running domain refused, that there is none. */
static char *change_of(const Values *row)
{
    const char *summary = text_of(row, "summary");
    bool undone = strcmp(text_of(row, "undone"), "yes") == 0;

    return undone ? format_string("%s%sUndone, since the running domain refused it.", summary,
                                  *summary ? " " : "")
                  : copy_string(summary);
}

static int list_history(const Target *target, void *data)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_columns_ Columns columns = {{"TIME", "BEFORE", "BY", "CHANGE"}, 4};
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};
    int status = call_history(target, &reply), r;

    if (status != STATUS_FINE)
        return status;
    r = arg_json ? json_message(terminal_out(), reply, names) : rows_read(reply, &rows);
    if (r < 0)
        return report_bad_answer(target->name, r);
    for (size_t i = 0; i < rows.count; i++) {
        _cleanup_free_ char *change = change_of(&rows.items[i]);

        columns_add_time(&columns, values_get(&rows.items[i], "time"));
        add_cut(&columns, text_of(&rows.items[i], "revision"));
        columns_add(&columns, author_of(&rows.items[i]));
        columns_add(&columns, change);
    }
    if (!arg_json) {
        columns_print(&columns, "No changes are kept.");
        say_of_the_future(target, &rows);
    }
    return STATUS_FINE;
}

/* From then to now. */
static int show_difference(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};
    int status = read_history(target, &rows), r;
    const char *revision;

    revision = status == STATUS_FINE ? find_revision(target, &rows, data) : NULL;
    if (!revision)
        return report_trouble();
    r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "DiffHistory", &error, &reply, "ssa{sv}",
                 revision, "", 0);
    return result_print_diff(target->name, reply, r, &error, STATUS_FINE);
}

int run_history(const Verb *verb, char *words[], int count)
{
    return count > 1 ? targets_each(words[0], TARGET_DOMAIN, show_difference, words[1])
                     : targets_each(words[0], TARGET_DOMAIN, list_history, NULL);
}

/* ---- restore ---- */

/* Since when it was so is not kept, nor what was before that. */
static void say_of_the_oldest(const Target *target, const Rows *rows, const char *word)
{
    int64_t usec;

    if (!read_time(word, &usec))
        return;
    for (size_t i = 0; i < rows->count; i++)
        if (time_of(&rows->items[i]) <= usec)
            return;
    _cleanup_free_ char *note =
        format_string("The first change that is kept is later than %s; what it changed is the "
                      "oldest definition there is.",
                      word);

    report_note(target->name, "info", note);
}

/* Of the running domain; where nobody can tell there is none. */
static bool has_pending(const Target *target)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};

    return bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "ListPending", NULL, &reply, "a{sv}",
                    0) >= 0 &&
           rows_read(reply, &rows) >= 0 && rows.count > 0;
}

/* The running domain follows a change of the definition: without one it stays as it is. */
static void say_unchanged(const Target *target)
{
    _cleanup_free_ char *name = shell_word(target->name), *note = NULL;

    note = has_pending(target)
               ? format_string("The definition is that one already; \"domwright pending %s\" lists "
                               "what the running domain has else.",
                               name)
               : copy_string("The definition is that one already.");
    report_note(target->name, "info", note);
}

static int restore(const Target *target, void *data)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};
    int status = read_history(target, &rows), r;
    const char *revision = status == STATUS_FINE ? find_revision(target, &rows, data) : NULL;
    bool changed = true;
    ResultView view = {.domain = target->name, .ret_changed = &changed};
    Writer call;

    if (!revision)
        return report_trouble();
    say_of_the_oldest(target, &rows, data);
    call = bus_begin(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Restore");
    writer_append(&call, "s", revision);
    append_change_options(&call);
    r = bus_finish(&call, &error, &reply);
    if (r >= 0 && arg_json)
        r = json_message(terminal_out(), reply, names);
    status = r < 0 ? report_bus_error(target->name, r, &error)
                   : result_report(target->name, reply, &view);
    if (!changed && !arg_json)
        say_unchanged(target);
    return status;
}

int run_restore(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN, restore, words[1]);
}

/* ---- recover ---- */

static int call_recoverable(const char *host, sd_bus_message **ret_reply)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    int r =
        bus_call(host, DOMWRIGHT_HOST_INTERFACE, "ListRecoverable", &error, ret_reply, "a{sv}", 0);

    return r < 0 ? report_bus_error(NULL, r, &error) : STATUS_FINE;
}

static int list_recoverable(const char *host)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_columns_ Columns columns = {{"NAME", "UUID", "GONE SINCE", "BY"}, 4};
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};
    int status = call_recoverable(host, &reply), r;

    if (status != STATUS_FINE)
        return status;
    r = arg_json ? json_message(terminal_out(), reply, names) : rows_read(reply, &rows);
    if (r < 0)
        return report_bad_answer(NULL, r);
    for (size_t i = 0; i < rows.count; i++) {
        columns_add(&columns, values_get(&rows.items[i], "name"));
        columns_add(&columns, values_get(&rows.items[i], "uuid"));
        columns_add_time(&columns, values_get(&rows.items[i], "time"));
        columns_add(&columns, author_of(&rows.items[i]));
    }
    if (!arg_json)
        columns_print(&columns, "No domains can be recovered.");
    return STATUS_FINE;
}

/* The UUID of the domain of this name that is gone last, or the word where it is a UUID of one. */
static char *find_gone(const char *host, const char *word)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};

    if (call_recoverable(host, &reply) != STATUS_FINE)
        return NULL;
    if (rows_read(reply, &rows) >= 0)
        for (size_t i = 0; i < rows.count; i++)
            if (strcmp(text_of(&rows.items[i], "name"), word) == 0 ||
                strcmp(text_of(&rows.items[i], "uuid"), word) == 0)
                return copy_string(text_of(&rows.items[i], "uuid"));
    report_error(
        word,
        "No domain of this name or UUID can be recovered on host %s; \"domwright recover\" "
        "lists those that can.",
        path_tail(host));
    return NULL;
}

static int send_recover(const char *host, const char *uuid, const char *name, sd_bus_error *error,
                        sd_bus_message **ret_reply)
{
    Writer call = bus_begin(host, DOMWRIGHT_HOST_INTERFACE, "Recover");

    writer_append(&call, "s", uuid);
    writer_open(&call, 'a', "{sv}");
    writer_option(&call, "name", name);
    writer_flag(&call, "dry-run", arg_dry_run);
    writer_flag(&call, "diff", arg_diff || arg_dry_run);
    writer_close(&call);
    return bus_finish(&call, error, ret_reply);
}

int run_recover(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_free_ char *host = host_path(), *uuid = NULL;
    int r;

    if (!bus_get())
        return report_trouble();
    if (count == 0)
        return list_recoverable(host);
    uuid = find_gone(host, words[0]);
    if (!uuid)
        return report_trouble();
    r = send_recover(host, uuid, count > 1 ? words[1] : NULL, &error, &reply);
    return r < 0 ? report_bus_error(words[0], r, &error)
                 : report_defined(words[0], reply, NULL, true);
}
