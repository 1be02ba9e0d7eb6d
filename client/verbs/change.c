/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verbs that change a configuration: set, add, remove, hyperv, preset, eject, insert,
 * boot. All turn words into edits for one Apply, so what a person writes happens whole or not at
 * all; of a pattern many.c takes care. Main thread.
 */
#include "verbs/change.h"

#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/edits.h"
#include "bus/failure.h"
#include "bus/result.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"
#include "verbs/many.h"
#include "verbs/targets.h"

typedef struct {
    Edits edits;
    bool print_ids;
} Change;

static void change_clear(Change *change)
{
    edits_clear(&change->edits);
}
#define _cleanup_change_ _cleanup_(change_clear)

static int report_json(const Target *target, sd_bus_message *reply)
{
    static const char *const names[] = {"ids", "*", NULL};
    int r = json_message(terminal_out(), reply, names);

    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

static int read_ids(const Target *target, sd_bus_message *reply, bool print, Strings *ids)
{
    const char *id;
    int r = sd_bus_message_enter_container(reply, 'a', "s");

    while (r >= 0 && (r = sd_bus_message_read_basic(reply, 's', &id)) > 0) {
        strings_add(ids, id);
        if (!print)
            continue;
        print_text(terminal_out(), id);
        fputc('\n', terminal_out());
    }
    if (r >= 0)
        r = sd_bus_message_exit_container(reply);
    return r < 0 ? report_bad_answer(target->name, r) : STATUS_FINE;
}

static int send_edits(const char *path, const Edits *edits, sd_bus_error *error,
                      sd_bus_message **ret_reply)
{
    Writer call = bus_begin(path, DOMWRIGHT_CONFIG_INTERFACE, "Apply");

    append_edits(&call, edits);
    append_change_options(&call);
    return bus_finish(&call, error, ret_reply);
}

/* A file is not written where what it would become is wrong as a whole; a dry run has to say the
 * same of it. The draft is this command's own: the edits may be made in it. */
static int try_in_file(const Target *target, const Edits *edits)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    Writer call = bus_begin(target->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply");
    int r;

    append_edits(&call, edits);
    writer_open(&call, 'a', "{sv}");
    writer_flag(&call, "cascade", arg_cascade);
    writer_close(&call);
    r = bus_finish(&call, &error, NULL);
    if (r < 0)
        return report_edit_error(target->name, r, &error, edits);
    return draft_check(target->name, target->path, target->file, false);
}

/* Of an id that is none of the person's words nothing is known but to the program. */
static void name_devices(const Edits *edits, const Strings *ids)
{
    for (size_t i = 0; i < ids->count && i < edits->count; i++) {
        const Edit *edit = &edits->items[i];
        bool is_given = !*ids->items[i] || !*edit->kind;

        for (size_t j = 0; !is_given && j < edit->n_values; j++)
            is_given = strcmp(edit->values[j].value, ids->items[i]) == 0;
        if (!is_given)
            problems_name(edit->kind, ids->items[i], edit_name(edits, (unsigned)i + 1));
    }
}

static int apply(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const Change *change = data;
    _cleanup_strings_ Strings ids = {0};
    ResultView view = {.edits = &change->edits, .path = target->path, .domain = target->name};
    /* With "-" standard output is the document's. */
    bool print = change->print_ids && !arg_dry_run && !arg_json && strcmp(target->name, "-") != 0;
    int status = STATUS_FINE;
    int r = send_edits(target->path, &change->edits, &error, &reply);

    if (r < 0)
        return report_edit_error(target->name, r, &error, &change->edits);
    if (arg_json)
        status = report_json(target, reply);
    if (status == STATUS_FINE)
        status = read_ids(target, reply, print, &ids);
    if (target->file)
        name_devices(&change->edits, &ids);
    if (status == STATUS_FINE)
        status = result_report(target->name, reply, &view);
    if (target->file && arg_dry_run && status == STATUS_DIFFERS &&
        try_in_file(target, &change->edits) != STATUS_FINE)
        status = report_trouble();
    return status;
}

static int apply_to(const char *word, Change *change)
{
    bool pattern;

    if (!bus_get())
        return report_trouble();
    pattern = word_is_pattern(word);
    if (pattern && arg_expect)
        return report_usage("--expect is about one revision; name one domain.");
    if (!edits_prepare(&change->edits))
        return STATUS_USAGE;
    if (pattern) {
        ManyEdits many = {&change->edits, change->print_ids};

        return many_apply(word, &many);
    }
    return targets_each(word, TARGET_ONE_CONFIG | TARGET_EDITED, apply, change);
}

int run_set(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};

    bool fine = true;

    for (int i = 1; i < count; i++)
        fine = edits_add_change(&change.edits, words[i]) && fine;
    return fine ? apply_to(words[0], &change) : STATUS_USAGE;
}

int run_add(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {.print_ids = true};
    bool fine = true;
    Edit *edit;

    if (strchr(words[1], '=') || strchr(words[1], '/'))
        return report_usage("\"%s\" is not a kind of device; write KIND before its properties, for "
                            "example disk.",
                            words[1]);
    edit = edits_add(&change.edits, "add", words[1], "");
    for (int i = 2; i < count; i++)
        fine = edit_add_property(edit, words[i]) && fine;
    return fine ? apply_to(words[0], &change) : STATUS_USAGE;
}

/* A kind without an id, or an id without its kind. */
static int report_no_device(const char *domain, const char *word)
{
    bool is_kind = *word && !strchr(word, ':') && !word_is_target(word, strlen(word));

    return is_kind
               ? report_usage("Which %s? Write %s/ID; \"domwright show %s %s\" lists them.", word,
                              word, domain, word)
               : report_usage("\"%s\" does not name a device; write KIND/ID, for example disk/vda.",
                              word);
}

int run_remove(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};
    bool joined = strchr(words[1], '/');

    if (!joined && count < 3)
        return report_no_device(words[0], words[1]);
    for (int i = joined ? 1 : 2; i < count; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        if (!joined)
            edits_add(&change.edits, "remove", words[1], words[i]);
        else if (split_device(words[i], &kind, &id))
            edits_add(&change.edits, "remove", kind, id);
        else
            return STATUS_USAGE;
    }
    return apply_to(words[0], &change);
}

int run_hyperv(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};
    Edit *edit = edits_add(&change.edits, "hyperv", "", "");

    bool fine = true;

    for (int i = 1; i < count; i++)
        fine = edit_add_feature(edit, words[i]) && fine;
    return fine ? apply_to(words[0], &change) : STATUS_USAGE;
}

int run_preset(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};

    edits_add(&change.edits, "preset", "", words[1]);
    return apply_to(words[0], &change);
}

/* "sda", or "disk/sda" as other verbs call it. */
static const char *target_of(const char *word)
{
    return strncmp(word, "disk/", 5) == 0 && word[5] ? word + 5 : word;
}

int run_eject(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};

    edits_add(&change.edits, "media", "disk", target_of(words[1]));
    return apply_to(words[0], &change);
}

/* PATH alone is a file or, below /dev, a drive of the host. */
static bool add_path(Edit *edit, const char *path)
{
    if (*path != '/') {
        report_usage("\"%s\" is neither a whole path nor KEY=VALUE; write for example "
                     "/srv/debian.iso.",
                     path);
        return false;
    }
    edit_assign(edit, strncmp(path, "/dev/", 5) == 0 ? "source.dev" : "source.file", path);
    return true;
}

int run_insert(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};
    Edit *edit = edits_add(&change.edits, "media", "disk", target_of(words[1]));
    bool fine = true;

    for (int i = 2; i < count; i++)
        fine = (word_is_assignment(words[i]) ? edit_add_property(edit, words[i])
                                             : add_path(edit, words[i])) &&
               fine;
    return fine ? apply_to(words[0], &change) : STATUS_USAGE;
}

int run_boot(const Verb *verb, char *words[], int count)
{
    _cleanup_change_ Change change = {0};
    Edit *edit = edits_add(&change.edits, "boot", "", "");
    bool none = count == 2 && strcmp(words[1], "none") == 0;

    for (int i = 1; i < count && !none; i++) {
        _cleanup_free_ char *kind = NULL, *id = NULL;

        if (!split_device(words[i], &kind, &id))
            return STATUS_USAGE;
        strings_add(&edit->devices, words[i]);
    }
    return apply_to(words[0], &change);
}
