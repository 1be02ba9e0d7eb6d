/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the call that changes many domains and the report of it: what is said of each, what is said
 * once for all, and the summary. change.c uses it for patterns. Main thread.
 */
#include "verbs/many.h"

#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/result.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"

/* Of all hosts. */
typedef struct {
    size_t domains, changed, unfinished, failed, restarts;
    bool never_now; /* of those that wait, one could not be changed while it runs */
    int gravest;
} Count;

static void note_status(Count *count, int status)
{
    if (status > count->gravest)
        count->gravest = status;
}

/* ---- The call ---- */

/* trial: nothing is done but a dry run with --now. */
static int call_apply_all(const char *host, const char *pattern, const Edits *edits, bool trial,
                          sd_bus_error *error, sd_bus_message **ret_reply)
{
    Writer call = bus_begin(host, DOMWRIGHT_HOST_INTERFACE, "ApplyAll");

    writer_append(&call, "a{sv}", 1, "name", "s", pattern);
    append_edits(&call, edits);
    if (trial)
        append_trial_options(&call, "both");
    else
        append_change_options(&call);
    return bus_finish(&call, error, ret_reply);
}

/* The rows of an answer, with their paths; the answer is read again from its beginning. */
static int read_rows(sd_bus_message *reply, Domains *rows)
{
    int r = sd_bus_message_enter_container(reply, 'a', "(oa{sv})");

    while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "oa{sv}")) > 0) {
        const char *path;

        r = sd_bus_message_read_basic(reply, 'o', &path);
        if (r < 0)
            break;
        r = values_read(reply, domains_append(rows, path));
        if (r >= 0)
            r = sd_bus_message_exit_container(reply);
    }
    return r < 0 ? r : sd_bus_message_rewind(reply, true);
}

/* ---- Errors ---- */

static const char *text_of(const Domain *row, const char *name)
{
    return values_get(&row->columns, name) ?: "";
}

static bool has_failed(const Domain *row)
{
    return *text_of(row, "error") != '\0';
}

/* A wrong word is wrong for every domain, and is said once. */
static bool all_failed_alike(const Domains *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!has_failed(&rows->items[i]) ||
            strcmp(text_of(&rows->items[i], "message"), text_of(&rows->items[0], "message")) != 0)
            return false;
    return rows->count > 1;
}

/* The sentences of a row that has failed. */
static char *row_error(const Domain *row, const ManyEdits *many)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;

    sd_bus_error_set(&error, text_of(row, "error"), text_of(row, "message"));
    return edit_error_text(&error, many->edits);
}

static void report_row_error(const char *subject, const Domain *row, const ManyEdits *many)
{
    _cleanup_free_ char *message = row_error(row, many);

    report_named_error(subject, text_of(row, "error"), message);
}

/* ---- Rows ---- */

static void print_id(const Domain *row)
{
    print_text(terminal_out(), domain_label(row));
    fputc('\t', terminal_out());
    print_text(terminal_out(), text_of(row, "id"));
    fputc('\n', terminal_out());
}

/* With --json the row itself is the report; the place in the answer is that of its dictionary. */
static int report_json(const Domain *row, sd_bus_message *reply, const ManyEdits *many, bool first)
{
    _cleanup_free_ char *message = has_failed(row) ? row_error(row, many) : NULL;
    FILE *out = terminal_out();

    if (!first)
        fputc(',', out);
    json_string(out, domain_label(row));
    fputc(':', out);
    if (!message)
        return json_value(out, reply, NULL);
    report_write_json(out, NULL, text_of(row, "error"), message);
    return sd_bus_message_skip(reply, "a{sv}");
}

static int report_plain(const Domain *row, sd_bus_message *reply, const ManyEdits *many,
                        Count *count)
{
    ResultView view = {.edits = many->edits, .heading = true};

    if (has_failed(row))
        return sd_bus_message_skip(reply, "a{sv}");
    if (many->print_ids && !arg_dry_run)
        print_id(row);
    note_status(count, result_report(domain_label(row), reply, &view));
    return 0;
}

static bool has_error_problem(const Domain *row)
{
    for (size_t i = 0; i < row->columns.count; i++) {
        const Value *value = &row->columns.items[i];
        size_t length = strlen(value->name);

        if (length > 9 && strcmp(value->name + length - 9, ".severity") == 0 &&
            strcmp(value->text, "error") == 0)
            return true;
    }
    return false;
}

static bool is_waiting(const Domain *row)
{
    return strcmp(text_of(row, "restart-needed"), "yes") == 0;
}

/* Its guest has not let go of a device yet. */
static bool is_removing(const Domain *row)
{
    return *text_of(row, "removing.1.1") != '\0';
}

/* What became of the domain, for the summary and the status. */
static void count_row(const Domain *row, Count *count)
{
    bool changed = strcmp(text_of(row, "changed"), "yes") == 0;
    bool failed = has_failed(row) || (arg_dry_run && has_error_problem(row));

    count->domains++;
    count->failed += failed;
    count->unfinished += is_removing(row);
    count->changed += changed && !failed && !is_removing(row);
    count->restarts += is_waiting(row);
    if (failed || is_removing(row))
        note_status(count, report_trouble());
    else if (changed && arg_dry_run)
        note_status(count, STATUS_DIFFERS);
}

static int report_rows(const char *pattern, const ManyEdits *many, const Domains *rows,
                       sd_bus_message *reply, Count *count)
{
    bool alike = all_failed_alike(rows);
    int r = sd_bus_message_enter_container(reply, 'a', "(oa{sv})");

    if (alike)
        report_row_error(pattern, &rows->items[0], many);
    for (size_t i = 0; r >= 0 && i < rows->count; i++) {
        const Domain *row = &rows->items[i];

        r = sd_bus_message_enter_container(reply, 'r', "oa{sv}");
        if (r >= 0)
            r = sd_bus_message_skip(reply, "o");
        if (r >= 0)
            r = arg_json ? report_json(row, reply, many, count->domains == 0)
                         : report_plain(row, reply, many, count);
        if (r >= 0)
            r = sd_bus_message_exit_container(reply);
        if (has_failed(row) && !alike)
            report_row_error(domain_label(row), row, many);
        count_row(row, count);
    }
    return r;
}

/* ---- Hosts ---- */

typedef struct {
    sd_bus_message *reply;
    Domains rows;
    int status;
} Answer;

static void answer_clear(Answer *answer)
{
    sd_bus_message_unref(answer->reply);
    domains_clear(&answer->rows);
}

static void apply_on_host(const char *host, const char *pattern, const ManyEdits *many,
                          Answer *answer)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = call_apply_all(host, pattern, many->edits, false, &error, &answer->reply);

    if (r < 0) {
        answer->status = report_edit_error(pattern, r, &error, many->edits);
        return;
    }
    r = read_rows(answer->reply, &answer->rows);
    if (r < 0)
        answer->status = report_bad_answer(pattern, r);
}

/* Whether --now would change all of them that wait in what runs. A trial answers in the same order,
 * unless one has come or gone. */
static bool could_be_now(const char *host, const char *pattern, const ManyEdits *many,
                         const Domains *rows)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_domains_ Domains tried = {0};
    bool could = (arg_dry_run || edits_can_repeat(many->edits)) &&
                 call_apply_all(host, pattern, many->edits, true, NULL, &reply) >= 0 &&
                 read_rows(reply, &tried) >= 0 && tried.count == rows->count;

    for (size_t i = 0; could && i < rows->count; i++) {
        const Domain *row = &tried.items[i];

        if (is_waiting(&rows->items[i]))
            could = strcmp(row->path, rows->items[i].path) == 0 && !has_failed(row) &&
                    !has_error_problem(row) && strcmp(text_of(row, "changed"), "yes") == 0;
    }
    return could;
}

static void try_now(const char *host, const char *pattern, const ManyEdits *many,
                    const Domains *rows, Count *count)
{
    bool waiting = false;

    for (size_t i = 0; !waiting && i < rows->count; i++)
        waiting = is_waiting(&rows->items[i]);
    if (waiting && !arg_json && !count->never_now)
        count->never_now = !could_be_now(host, pattern, many, rows);
}

/* What is said waits for all hosts: domains of one name are then told apart. */
static void apply_on_hosts(const Strings *hosts, const char *pattern, const ManyEdits *many,
                           Count *count)
{
    _cleanup_free_ Answer *answers = grow_array(NULL, hosts->count + 1, sizeof(Answer));
    _cleanup_free_ Domains **lists = grow_array(NULL, hosts->count + 1, sizeof(Domains *));

    for (size_t i = 0; i < hosts->count; i++) {
        answers[i] = (Answer){.status = STATUS_FINE};
        lists[i] = &answers[i].rows;
        apply_on_host(hosts->items[i], pattern, many, &answers[i]);
    }
    domains_tell_apart(lists, hosts->count);
    for (size_t i = 0; i < hosts->count; i++) {
        Answer *answer = &answers[i];
        int r = answer->status == STATUS_FINE
                    ? report_rows(pattern, many, &answer->rows, answer->reply, count)
                    : 0;

        try_now(hosts->items[i], pattern, many, &answer->rows, count);
        note_status(count, r < 0 ? report_bad_answer(pattern, r) : answer->status);
        answer_clear(answer);
    }
}

/* "12 domains: 10 changed, 1 unchanged, 1 failed." */
static void report_summary(const char *pattern, const ManyEdits *many, const Count *count)
{
    _cleanup_free_ char *sentence = NULL;
    size_t unchanged = count->domains - count->changed - count->unfinished - count->failed;
    const struct {
        size_t count;
        const char *what;
    } parts[] = {{count->changed, arg_dry_run ? "would change" : "changed"},
                 {count->unfinished, "unfinished"},
                 {unchanged, "unchanged"},
                 {count->failed, "failed"}};

    if (count->restarts) {
        /* --now is refused where a domain is off. */
        bool never = count->never_now || count->restarts < count->domains;
        _cleanup_free_ char *note =
            format_string("Where a domain is running (%zu), it takes effect at the next start%s.",
                          count->restarts, never ? "" : "; --now does it at once as well");

        report_note(pattern, "info", note);
    }
    if (count->domains < 2)
        return;
    sentence = format_string("%zu domains:", count->domains);
    for (size_t i = 0, said = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        char *longer;

        if (!parts[i].count)
            continue;
        longer = format_string("%s%s %zu %s", sentence, said++ ? "," : "", parts[i].count,
                               parts[i].what);
        free(sentence);
        sentence = longer;
    }
    {
        _cleanup_free_ char *whole = format_string("%s.", sentence);

        report_note(pattern, "info", whole);
    }
}

int many_apply(const char *pattern, const ManyEdits *many)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_strings_ Strings hosts = {0};
    Count count = {0};
    int r = 0;

    if (arg_host)
        strings_take(&hosts, host_path());
    else
        r = inventory_hosts(&error, &hosts);
    if (r < 0)
        return report_bus_error(pattern, r, &error);
    if (arg_json)
        fputc('{', terminal_out());
    apply_on_hosts(&hosts, pattern, many, &count);
    if (arg_json)
        fputs("}\n", terminal_out());
    if (count.domains == 0 && count.gravest == STATUS_FINE)
        return report_error(pattern,
                            "No domain has a name like this; \"domwright list\" lists them.");
    report_summary(pattern, many, &count);
    return count.gravest;
}
