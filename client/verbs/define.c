/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the verbs that make and remove definitions: create, define, undefine; and draft new, which
 * takes the words of create. Main thread.
 */
#include "verbs/define.h"

#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/edits.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/keys.h"
#include "bus/result.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/hints.h"
#include "text/json.h"
#include "verbs/targets.h"

/* The domain's settings first, then a device for each word that is no KEY=VALUE. Returns a status.
 */
static int read_build(char *words[], int count, Edits *edits)
{
    Edit *edit = edits_add(edits, "set", "", "");
    bool fine = true;

    for (int i = 0; i < count; i++) {
        _cleanup_free_ char *hint = hint_for_property(edit->kind, words[i]);

        if (strchr(words[i], '=') || hint) {
            fine = edit_add_property(edit, words[i]) && fine;
        } else if (strchr(words[i], '/')) {
            report_usage("\"%s\" is neither KEY=VALUE nor a kind of device; devices are written as "
                         "KIND KEY=VALUE...",
                         words[i]);
            fine = false;
        } else {
            edit = edits_add(edits, "add", words[i], "");
        }
    }
    if (!fine)
        return STATUS_USAGE;
    if (!bus_get())
        return report_trouble();
    return edits_prepare(edits) ? STATUS_FINE : STATUS_USAGE;
}

static void append_build_options(Writer *call, const char *host, bool changes)
{
    writer_open(call, 'a', "{sv}");
    writer_option(call, "host", host);
    writer_option(call, "preset", arg_preset);
    writer_flag(call, "dry-run", changes && arg_dry_run);
    writer_flag(call, "diff", changes && (arg_diff || arg_dry_run));
    writer_close(call);
}

static int call_build(const char *path, const char *interface, const char *member,
                      const Edits *edits, const char *host, bool changes, sd_bus_error *error,
                      sd_bus_message **ret_reply)
{
    Writer call = bus_begin(path, interface, member);

    append_build(&call, edits);
    append_build_options(&call, host, changes);
    return bus_finish(&call, error, ret_reply);
}

int report_defined(const char *subject, sd_bus_message *reply, const Edits *edits, bool print_name)
{
    static const char *const names[] = {"domain", "*", NULL};
    ResultView view = {.edits = edits, .first_edit = 1}; /* a device of a Build is no setting */
    _cleanup_free_ char *name = NULL;
    const char *path;
    int r, status;

    if (arg_json) {
        r = json_message(terminal_out(), reply, names);
        if (r < 0)
            return report_bad_answer(subject, r);
    }
    r = sd_bus_message_read_basic(reply, 'o', &path);
    if (r < 0)
        return report_bad_answer(subject, r);
    if (!arg_dry_run)
        view.domain = name = bus_property(path, DOMWRIGHT_DOMAIN_INTERFACE, "Name");
    status = result_report(subject, reply, &view);
    if (!print_name || arg_dry_run || arg_json)
        return status;
    /* It is defined, whether its guest has let go of devices or not. */
    print_text(terminal_out(), name ? name : path);
    fputc('\n', terminal_out());
    return status;
}

/* Nothing is written that no host takes. Warnings come with what was built. */
static int check_text(const char *file, const char *text)
{
    _cleanup_free_ char *path = import_document(file, text, arg_host);
    int status = path ? draft_check(file, path, NULL, false) : report_trouble();

    if (path)
        bus_call(path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", NULL, NULL, "a{sv}", 0);
    return status;
}

/* A document of its own, from a host's knowledge only where one is named. */
static int create_file(const char *file, const Edits *edits)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const ResultView view = {.edits = edits, .first_edit = 1};
    const char *text;
    int status, r = call_build(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "BuildReport", edits,
                               arg_host ? arg_host : "", false, &error, &reply);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 's', &text);
    if (r < 0)
        return report_edit_error(file, r, &error, edits);
    status = check_text(file, text);
    if (status == STATUS_FINE)
        result_report(file, reply, &view);
    if (arg_dry_run)
        print_exact(terminal_out(), text);
    if (status != STATUS_FINE || arg_dry_run)
        return status == STATUS_FINE ? STATUS_DIFFERS : status;
    return file_create(file, text) ? STATUS_FINE : report_trouble();
}

/* Of what cannot be built: the kind of its first device may stand where its name belongs. */
static int report_build_error(const char *subject, int r, sd_bus_error *error, const Edits *edits)
{
    _cleanup_strings_ Strings kinds = {0};
    int status = report_edit_error(subject, r, error, edits);

    keys_kinds(&kinds);
    for (size_t i = 0; i < kinds.count; i++)
        if (strcmp(kinds.items[i], subject) == 0) {
            _cleanup_free_ char *sentence = format_string(
                "\"%s\" is taken for the name; a device comes behind it: NAME %s KEY=VALUE...",
                subject, subject);

            report_note(subject, "info", sentence);
            break;
        }
    return status;
}

int run_create(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_edits_ Edits edits = {0};
    _cleanup_free_ char *host = NULL;
    int status, r;

    if (!word_is_file(words[0]) && strchr(words[0], '='))
        return report_usage("\"%s\" stands where the name of the new domain belongs: domwright %s "
                            "%s",
                            words[0], verb->name, verb->arguments);
    status = read_build(words + 1, count - 1, &edits);
    if (status != STATUS_FINE)
        return status;
    if (word_is_file(words[0]))
        return create_file(words[0], &edits);
    edit_assign(&edits.items[0], "name", words[0]);
    host = host_path();
    r = call_build(host, DOMWRIGHT_HOST_INTERFACE, "Define", &edits, NULL, true, &error, &reply);
    if (r < 0)
        return report_build_error(words[0], r, &error, &edits);
    return report_defined(words[0], reply, &edits, true);
}

/* NewDraft answers a path alone; what was guessed on the way says who builds the same once more. */
static void report_guesses(const char *subject, const Edits *edits)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    const ResultView view = {.edits = edits, .first_edit = 1};
    Writer call = bus_begin(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "BuildReport");

    append_build(&call, edits);
    writer_open(&call, 'a', "{sv}");
    writer_option(&call, "host", arg_host);
    writer_option(&call, "preset", arg_preset);
    writer_flag(&call, "incomplete", true);
    writer_close(&call);
    if (bus_finish(&call, NULL, &reply) >= 0 && sd_bus_message_skip(reply, "s") >= 0)
        result_report(subject, reply, &view);
}

int run_draft_new(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_edits_ Edits edits = {0};
    bool named = count > 0 && !strchr(words[0], '=');
    const char *subject = named ? words[0] : "new draft", *path;
    int status, r;

    status = read_build(words + named, count - named, &edits);
    if (status != STATUS_FINE)
        return status;
    if (named)
        edit_assign(&edits.items[0], "name", words[0]);
    r = call_build(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "NewDraft", &edits, arg_host, false,
                   &error, &reply);
    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &path);
    if (r < 0)
        return report_build_error(subject, r, &error, &edits);
    report_guesses(subject, &edits);
    return print_path(path);
}

static int define_text(const char *subject, const char *host, const char *text)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    Writer call = bus_begin(host, DOMWRIGHT_HOST_INTERFACE, "DefineXML");
    int r;

    writer_append(&call, "s", text);
    append_change_options(&call);
    r = bus_finish(&call, &error, &reply);
    if (r >= 0)
        return report_defined(subject, reply, NULL, true);
    report_bus_error(subject, r, &error);
    if (sd_bus_error_has_name(&error, DOMWRIGHT_ERROR_ALREADY_EXISTS) && !arg_expect)
        report_note(
            subject, "info",
            "--expect=REVISION lets the document replace the domain; \"domwright show --json\" "
            "prints the revision.");
    if (strstr(text, "(unchanged secret)"))
        report_note(
            subject, "info",
            "The document has \"(unchanged secret)\" where passwords belong; \"domwright xml "
            "--secrets\" prints it with them.");
    return report_trouble();
}

int run_define(const Verb *verb, char *words[], int count)
{
    _cleanup_file_ File *file = NULL;
    _cleanup_free_ char *host = host_path();

    if (!bus_get())
        return report_trouble();
    file = file_read(words[0]);
    if (!file)
        return report_trouble();
    return define_text(words[0], host, file->text);
}

/* A plain word for a shell, else the UUID. */
static const char *word_for(const Values *lost)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *name = values_get(lost, "name") ?: "";

    return *name && *name != '-' && !name[strspn(name, plain)] ? name : values_get(lost, "uuid");
}

/* The domain of the path may be defined again where its last definition is kept. */
static void say_how_to_recover(const char *subject, const char *path, bool runs)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_rows_ Rows rows = {0};
    const char *end = strstr(path, "/domain/"), *name = path + strlen(DOMWRIGHT_HOST_PREFIX);
    _cleanup_free_ char *host = copy_bytes(path, end ? (size_t)(end - path) : 0);
    _cleanup_free_ char *uuid = copy_string(path_tail(path) + 1);

    for (char *c = uuid; *c; c++)
        *c = *c == '_' ? '-' : *c;
    if (!end ||
        bus_call(host, DOMWRIGHT_HOST_INTERFACE, "ListRecoverable", NULL, &reply, "a{sv}", 0) < 0 ||
        rows_read(reply, &rows) < 0)
        return;
    for (size_t i = 0; i < rows.count; i++) {
        _cleanup_free_ char *note = NULL;
        bool local = strcmp(path_tail(host), "local") == 0;

        if (strcmp(values_get(&rows.items[i], "uuid") ?: "", uuid) != 0)
            continue;
        note = format_string("%s\"domwright %s%.*s%srecover %s\" brings the definition back.",
                             runs ? "Once it is off, " : "", local ? "" : "-H ",
                             local ? 0 : (int)(end - name), name, local ? "" : " ",
                             word_for(&rows.items[i]));
        report_note(subject, "info", note);
    }
}

static int undefine(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_free_ char *state = bus_property(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "State");
    Writer call = bus_begin(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Undefine");
    int r;

    writer_open(&call, 'a', "{sv}");
    writer_flag(&call, "nvram", arg_nvram);
    writer_flag(&call, "managed-save", arg_managed_save);
    writer_flag(&call, "snapshots-metadata", arg_snapshots_metadata);
    writer_close(&call);
    r = bus_finish(&call, &error, NULL);
    if (r < 0)
        return report_bus_error(target->name, r, &error);
    if (!arg_json)
        say_how_to_recover(target->name, target->path, state && strcmp(state, "shutoff") != 0);
    return STATUS_FINE;
}

int run_undefine(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN, undefine, NULL);
}
