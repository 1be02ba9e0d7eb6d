/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the verbs about drafts as such; what is in one is changed by the verbs for domains. Main
 * thread. */
#include "verbs/draft.h"

#include <stdlib.h>
#include <string.h>

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
#include "verbs/define.h"
#include "verbs/targets.h"

/* Of the domain that it is a draft of, or of the one it may become; NULL: it has none yet. */
static char *name_of(const char *path, const Values *properties)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    _cleanup_values_ Values settings = {0};
    const char *base = values_get(properties, "Base"), *name;

    if (base && strcmp(base, "/") != 0)
        return bus_property(base, DOMWRIGHT_DOMAIN_INTERFACE, "Name");
    if (bus_call(path, DOMWRIGHT_CONFIG_INTERFACE, "GetSettings", NULL, &reply, "asa{sv}", 1,
                 "name", 0) < 0 ||
        values_read(reply, &settings) < 0)
        return NULL;
    name = values_get(&settings, "name");
    return name && *name ? copy_string(name) : NULL;
}

static void add_draft(Columns *columns, const char *path, const Values *properties)
{
    const char *host = values_get(properties, "Host"), *stale = values_get(properties, "Stale");
    _cleanup_free_ char *name = name_of(path, properties);

    columns_add(columns, path_tail(path));
    columns_add(columns, name ? name : "-");
    columns_add(columns, host && strcmp(host, "/") != 0 ? path_tail(host) : "-");
    columns_add_time(columns, values_get(properties, "Modified"));
    columns_add(columns, stale && strcmp(stale, "yes") == 0 ? "stale" : "");
}

static void write_draft(FILE *file, const char *path, const Values *properties)
{
    _cleanup_free_ char *name = name_of(path, properties);

    fputs("{\"path\":", file);
    json_string(file, path);
    fputs(",\"name\":", file);
    json_string(file, name ? name : "");
    for (size_t i = 0; i < properties->count; i++) {
        fputc(',', file);
        json_string(file, properties->items[i].name);
        fprintf(file, ":%s", properties->items[i].json);
    }
    fputc('}', file);
}

int run_draft_list(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_columns_ Columns columns = {{"ID", "DOMAIN", "HOST", "MODIFIED", "STATE"}, 5};
    _cleanup_strings_ Strings drafts = {0};
    const char *comma = "[";
    int r;

    if (!bus_get())
        return report_trouble();
    r = inventory_drafts(&error, &drafts);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    for (size_t i = 0; i < drafts.count; i++) {
        _cleanup_values_ Values properties = {0};

        /* One that ended since is not there, that is all. */
        if (inventory_properties(drafts.items[i], DOMWRIGHT_DRAFT_INTERFACE, NULL, &properties) < 0)
            continue;
        if (!arg_json) {
            add_draft(&columns, drafts.items[i], &properties);
            continue;
        }
        fputs(comma, terminal_out());
        write_draft(terminal_out(), drafts.items[i], &properties);
        comma = ",";
    }
    if (arg_json)
        fprintf(terminal_out(), "%s]\n", *comma == '[' ? "[" : "");
    else
        columns_print(&columns, "No drafts.");
    return STATUS_FINE;
}

static int open_file(const char *word)
{
    _cleanup_file_ File *file = file_read(word);
    _cleanup_free_ char *path = NULL;

    if (!file)
        return report_trouble();
    path = import_document(file->name, file->text, arg_host);
    return path ? print_path(path) : report_trouble();
}

static int open_domain(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *path;
    int r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Edit", &error, &reply, "a{sv}", 0);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &path);
    return r < 0 ? report_bus_error(target->name, r, &error) : print_path(path);
}

int run_draft_open(const Verb *verb, char *words[], int count)
{
    if (!bus_get())
        return report_trouble();
    if (word_is_file(words[0]))
        return open_file(words[0]);
    return targets_each(words[0], TARGET_DOMAIN, open_domain, NULL);
}

static int commit_to(const Target *target, const char *host, sd_bus_error *error,
                     sd_bus_message **ret_reply)
{
    Writer call = bus_begin(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Commit");

    writer_open(&call, 'a', "{sv}");
    writer_option(&call, "host", host);
    writer_change_options(&call);
    writer_close(&call);
    return bus_finish(&call, error, ret_reply);
}

static bool has_no_host(const Target *target)
{
    _cleanup_free_ char *host = bus_property(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Host");

    return host && strcmp(host, "/") == 0;
}

static int commit(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = commit_to(target, arg_host, &error, &reply);

    if (r >= 0)
        return report_defined(target->name, reply, NULL, true);
    if (!arg_host && has_no_host(target))
        return report_error(target->name, "The draft has no host; name one with --host.");
    return report_bus_error(target->name, r, &error);
}

int run_draft_commit(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DRAFT, commit, NULL);
}

static int rebase(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    Writer call = bus_begin(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Rebase");
    int r;

    writer_open(&call, 'a', "{sv}");
    writer_option(&call, "prefer", arg_prefer);
    writer_flag(&call, "dry-run", arg_dry_run);
    writer_flag(&call, "diff", arg_diff || arg_dry_run);
    writer_close(&call);
    r = bus_finish(&call, &error, &reply);
    return r < 0 ? report_bus_error(target->name, r, &error)
                 : result_report(target->name, reply, NULL);
}

int run_draft_rebase(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DRAFT, rebase, NULL);
}

static int discard(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = bus_call(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Discard", &error, NULL, "a{sv}", 0);

    return r < 0 ? report_bus_error(target->name, r, &error) : STATUS_FINE;
}

int run_draft_discard(const Verb *verb, char *words[], int count)
{
    int gravest = STATUS_FINE;

    for (int i = 0; i < count; i++) {
        int status = targets_each(words[i], TARGET_DRAFT, discard, NULL);

        if (status > gravest)
            gravest = status;
    }
    return gravest;
}
