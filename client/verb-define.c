/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verbs by which domains come and go: create, define, undefine; and draft new, which takes the
 * same words as create.
 */
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "define.h"
#include "json.h"
#include "keys.h"
#include "report.h"
#include "results.h"
#include "targets.h"
#include "terminal.h"
#include "verbs.h"

/* The domain's settings first, then a device for each word that is no KEY=VALUE. */
static bool read_build(char *words[], int count, Edits *edits)
{
    Edit *edit = edits_add(edits, "set", "", "");

    for (int i = 0; i < count; i++) {
        if (strchr(words[i], '=')) {
            if (!edit_add_property(edit, words[i]))
                return false;
        } else if (strchr(words[i], '/')) {
            report_usage("\"%s\" is neither KEY=VALUE nor a kind of device; devices are written as "
                         "KIND KEY=VALUE...",
                         words[i]);
            return false;
        } else {
            edit = edits_add(edits, "add", words[i], "");
        }
    }
    return bus_get() && sizes_have_units(edits);
}

static int append_build_options(sd_bus_message *message, const char *host, bool changes)
{
    int r = sd_bus_message_open_container(message, 'a', "{sv}");

    if (r >= 0)
        r = append_string_option(message, "host", host);
    if (r >= 0)
        r = append_string_option(message, "preset", arg_preset);
    if (r >= 0)
        r = append_bool_option(message, "dry-run", changes && arg_dry_run);
    if (r >= 0)
        r = append_bool_option(message, "diff", changes && (arg_diff || arg_dry_run));
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int call_build(const char *path, const char *interface, const char *member,
                      const Edits *edits, const char *host, bool changes, sd_bus_error *error,
                      sd_bus_message **ret_reply)
{
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(path, interface, member, &message);

    if (r >= 0)
        r = append_build(message, edits);
    if (r >= 0)
        r = append_build_options(message, host, changes);
    return r < 0 ? r : bus_send(message, error, ret_reply);
}

int report_defined(const char *subject, sd_bus_message *reply, bool print_name)
{
    static const char *const names[] = {"domain", "*", NULL};
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
    status = result_report(subject, reply);
    if (!print_name || arg_dry_run || arg_json || status != STATUS_FINE)
        return status;
    name = bus_property(path, DOMWRIGHT_DOMAIN_INTERFACE, "Name");
    print_text(terminal_out(), name ? name : path);
    fputc('\n', terminal_out());
    return STATUS_FINE;
}

/* A document of its own, from a host's knowledge only where one is named. */
static int create_file(const char *file, const Edits *edits)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *text;
    int r = call_build(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "Build", edits,
                       arg_host ? arg_host : "", false, &error, &reply);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 's', &text);
    if (r < 0)
        return report_bus_error(file, r, &error);
    if (arg_dry_run) {
        print_block(terminal_out(), text);
        return STATUS_DIFFERS;
    }
    return file_create(file, text) ? STATUS_FINE : report_trouble();
}

int run_create(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_edits_ Edits edits = {0};
    _cleanup_free_ char *host = host_path();
    int r;

    if (!word_is_file(words[0]) && strchr(words[0], '='))
        return report_usage("\"%s\" stands where the name of the new domain belongs: domwright %s "
                            "%s",
                            words[0], verb->name, verb->arguments);
    if (!read_build(words + 1, count - 1, &edits))
        return bus_get() ? STATUS_USAGE : report_trouble();
    if (word_is_file(words[0]))
        return create_file(words[0], &edits);
    edit_assign(&edits.items[0], "name", words[0]);
    r = call_build(host, DOMWRIGHT_HOST_INTERFACE, "Define", &edits, NULL, true, &error, &reply);
    return r < 0 ? report_bus_error(words[0], r, &error) : report_defined(words[0], reply, true);
}

int run_draft_new(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_edits_ Edits edits = {0};
    bool named = count > 0 && !strchr(words[0], '=');
    const char *path;
    int r;

    if (!read_build(words + named, count - named, &edits))
        return bus_get() ? STATUS_USAGE : report_trouble();
    if (named)
        edit_assign(&edits.items[0], "name", words[0]);
    r = call_build(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "NewDraft", &edits, arg_host, false,
                   &error, &reply);
    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &path);
    return r < 0 ? report_bus_error(NULL, r, &error) : print_draft(path);
}

int define_text(const char *subject, const char *host, const char *text, bool print_name)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *message = NULL, *reply = NULL;
    int r = bus_prepare(host, DOMWRIGHT_HOST_INTERFACE, "DefineXML", &message);

    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', text);
    if (r >= 0)
        r = append_change_options(message);
    if (r >= 0)
        r = bus_send(message, &error, &reply);
    return r < 0 ? report_bus_error(subject, r, &error)
                 : report_defined(subject, reply, print_name);
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
    return define_text(words[0], host, file->text, true);
}

static int undefine(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Undefine", &message);

    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "{sv}");
    if (r >= 0)
        r = append_bool_option(message, "nvram", arg_nvram);
    if (r >= 0)
        r = append_bool_option(message, "managed-save", arg_managed_save);
    if (r >= 0)
        r = append_bool_option(message, "snapshots-metadata", arg_snapshots_metadata);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r >= 0)
        r = bus_send(message, &error, NULL);
    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

int run_undefine(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN, undefine, NULL);
}
