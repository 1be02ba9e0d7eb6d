/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verbs that make another domain of one, or give one another name. A clone is a draft
 * until nothing about it is open; what is open is told with the words that answer it, and the draft
 * goes. Main thread.
 */
#include "verbs/clone.h"

#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/edits.h"
#include "bus/failure.h"
#include "bus/keys.h"
#include "bus/result.h"
#include "terminal/report.h"
#include "text/shell.h"
#include "verbs/define.h"
#include "verbs/targets.h"

typedef struct {
    const char *name;
    Strings given; /* words, for the command that would do it */
    Strings disks; /* TARGET, answer, … */
    Edits edits;   /* of the draft */
} Clone;

static void clone_clear(Clone *clone)
{
    strings_clear(&clone->given);
    strings_clear(&clone->disks);
    edits_clear(&clone->edits);
}

/* ---- The words ---- */

/* A password is not shown again. */
static char *as_given(const char *word)
{
    size_t length = strcspn(word, "=");
    _cleanup_free_ char *place = copy_bytes(word, length), *hidden = NULL;
    const char *slash = strrchr(place, '/');

    if (!word[length] || word[length + 1] == '@' || !key_may_be_secret(slash ? slash + 1 : place))
        return shell_word(word);
    hidden = format_string("%s=@-", place);
    return shell_word(hidden);
}

static bool read_word(Clone *clone, const char *word)
{
    size_t length = strcspn(word, "=");

    strings_take(&clone->given, as_given(word));
    if (!word[length] || !word_is_target(word, length))
        return edits_add_change(&clone->edits, word);
    strings_take(&clone->disks, copy_bytes(word, length));
    strings_add(&clone->disks, word + length + 1);
    return true;
}

/* ---- The draft ---- */

static void append_disks(Writer *call, const Strings *disks)
{
    writer_open(call, 'e', "sv");
    writer_append(call, "s", "disks");
    writer_open(call, 'v', "a{ss}");
    writer_open(call, 'a', "{ss}");
    for (size_t i = 0; i + 1 < disks->count; i += 2)
        writer_append(call, "{ss}", disks->items[i], disks->items[i + 1]);
    writer_close(call);
    writer_close(call);
    writer_close(call);
}

static int make_draft(const Target *target, const Clone *clone, sd_bus_error *error,
                      sd_bus_message **ret_reply)
{
    Writer call = bus_begin(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Edit");

    writer_open(&call, 'a', "{sv}");
    writer_flag(&call, "clone", true);
    writer_option(&call, "name", clone->name);
    if (clone->disks.count > 0)
        append_disks(&call, &clone->disks);
    writer_flag(&call, "new-serials", arg_new_serials);
    writer_flag(&call, "drop-hostdevs", arg_drop_hostdevs);
    writer_close(&call);
    return bus_finish(&call, error, ret_reply);
}

/* What was said of the clone besides its disks. */
static int apply_edits(const char *draft, const Clone *clone)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    Writer call;
    int r;

    if (clone->edits.count == 0)
        return STATUS_FINE;
    call = bus_begin(draft, DOMWRIGHT_CONFIG_INTERFACE, "Apply");
    append_edits(&call, &clone->edits);
    writer_append(&call, "a{sv}", 0);
    r = bus_finish(&call, &error, NULL);
    return r < 0 ? report_edit_error(clone->name, r, &error, &clone->edits) : STATUS_FINE;
}

/* ---- What is open ---- */

static char *words_for(const Values *question)
{
    const char *rule = values_get(question, "rule"), *id = values_get(question, "id");
    _cleanup_free_ char *place = NULL;

    if (strcmp(rule, "clone.disk") == 0)
        return format_string("%s=PATH|POOL/VOLUME|share|omit", id);
    place = problem_place(question);
    return strcmp(rule, "clone.secret") == 0 ? format_string("%s=@- (or %s-)", place, place)
                                             : format_string("%s=VALUE", place);
}

static bool is_open(const Values *problem)
{
    const char *rule = values_get(problem, "rule"), *severity = values_get(problem, "severity");

    return rule && severity && strncmp(rule, "clone.", 6) == 0 && strcmp(severity, "error") == 0;
}

/* A line for each question, which is a note of its own where the answer is not JSON. Takes told. */
static char *add_question(const Target *target, char *told, const Values *question)
{
    _cleanup_free_ char *place = problem_place(question), *before = told;
    char *message = format_string("%s: %s", place, values_get(question, "message"));
    char *longer = arg_json ? format_string("%s%s\n", before, message) : copy_string("");

    report_note(target->name, "error", message);
    free(message);
    return longer;
}

/* The command as it was typed; what is open comes after it. */
static char *command_so_far(const Target *target, const Clone *clone)
{
    _cleanup_free_ char *source = shell_word(target->name), *name = shell_word(clone->name);
    char *command =
        format_string("domwright clone %s%s%s %s", arg_new_serials ? "--new-serials " : "",
                      arg_drop_hostdevs ? "--drop-hostdevs " : "", source, name);

    for (size_t i = 0; i < clone->given.count; i++) {
        _cleanup_free_ char *before = command;

        command = format_string("%s %s", before, clone->given.items[i]);
    }
    return command;
}

/* Tells what is open: STATUS_FINE when nothing is. */
static int report_open(const Target *target, const Clone *clone, const char *draft)
{
    _cleanup_rows_ Rows problems = {0};
    _cleanup_free_ char *words = copy_string(""), *told = copy_string(""), *message = NULL,
                        *command = command_so_far(target, clone);
    int status = problems_read(target->name, draft, &problems, NULL);

    if (status != STATUS_FINE)
        return status;
    for (size_t i = 0; i < problems.count; i++) {
        const Values *problem = &problems.items[i];
        _cleanup_free_ char *word = NULL, *before = NULL;

        if (!is_open(problem))
            continue;
        before = words;
        word = words_for(problem);
        words = format_string("%s %s", before, word);
        told = add_question(target, told, problem);
    }
    if (!*words)
        return STATUS_FINE;
    message =
        format_string("%sNothing was defined. Answer what is open: %s%s", told, command, words);
    return report_named_error(target->name, DOMWRIGHT_ERROR_INVALID, message);
}

/* ---- The verbs ---- */

static int commit(const char *draft, const Clone *clone)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    Writer call = bus_begin(draft, DOMWRIGHT_DRAFT_INTERFACE, "Commit");
    int r;

    append_change_options(&call);
    r = bus_finish(&call, &error, &reply);
    return r < 0 ? report_bus_error(clone->name, r, &error)
                 : report_defined(clone->name, reply, NULL, true);
}

static int clone_domain(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const Clone *clone = data;
    const char *draft;
    int status, r = make_draft(target, clone, &error, &reply);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &draft);
    if (r < 0)
        return report_bus_error(target->name, r, &error);
    status = apply_edits(draft, clone);
    if (status == STATUS_FINE)
        status = report_open(target, clone, draft);
    if (status == STATUS_FINE)
        status = commit(draft, clone);
    /* It is gone where it has become a domain. */
    if (status != STATUS_FINE || arg_dry_run)
        bus_call(draft, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
    return status;
}

int run_clone(const Verb *verb, char *words[], int count)
{
    _cleanup_(clone_clear) Clone clone = {.name = words[1]};
    bool fine = true;

    if (strchr(words[1], '='))
        return report_usage("\"%s\" stands where the name of the clone belongs: domwright %s %s",
                            words[1], verb->name, verb->arguments);
    for (int i = 2; i < count; i++)
        fine = read_word(&clone, words[i]) && fine;
    if (!fine)
        return STATUS_USAGE;
    if (!bus_get())
        return report_trouble();
    if (!edits_prepare(&clone.edits))
        return STATUS_USAGE;
    return targets_each(words[0], TARGET_DOMAIN, clone_domain, &clone);
}

static int rename_domain(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    Writer call = bus_begin(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Rename");
    int r;

    writer_append(&call, "s", (const char *)data);
    append_change_options(&call);
    r = bus_finish(&call, &error, &reply);
    return r < 0 ? report_bus_error(target->name, r, &error)
                 : result_report(target->name, reply, NULL);
}

int run_rename(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN, rename_domain, words[1]);
}
