/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs about drafts as such; what is in one is changed by the verbs for domains. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arguments.h"
#include "bus.h"
#include "define.h"
#include "inventory.h"
#include "json.h"
#include "report.h"
#include "table.h"
#include "targets.h"
#include "terminal.h"
#include "verbs.h"

int print_draft(const char *path)
{
    FILE *out = terminal_out();

    if (arg_json)
        json_string(out, path);
    else
        fputs(path, out);
    fputc('\n', out);
    return STATUS_FINE;
}

static char *time_text(const char *microseconds)
{
    time_t seconds = (time_t)(strtoull(microseconds ? microseconds : "0", NULL, 10) / 1000000);
    struct tm parts;
    char text[32];

    if (!localtime_r(&seconds, &parts) || !strftime(text, sizeof(text), "%F %T", &parts))
        return copy_string("");
    return copy_string(text);
}

static void add_draft(Table *table, const char *path, const Values *properties)
{
    _cleanup_free_ char *modified = time_text(values_get(properties, "Modified"));
    const char *base = values_get(properties, "Base"), *host = values_get(properties, "Host");
    const char *stale = values_get(properties, "Stale");
    _cleanup_free_ char *name = base && strcmp(base, "/") != 0
                                    ? bus_property(base, DOMWRIGHT_DOMAIN_INTERFACE, "Name")
                                    : NULL;

    table_add(table, path_tail(path));
    table_add(table, name ? name : "-");
    table_add(table, host && strcmp(host, "/") != 0 ? path_tail(host) : "-");
    table_add(table, modified);
    table_add(table, stale && strcmp(stale, "yes") == 0 ? "stale" : "");
}

static void write_draft(FILE *file, const char *path, const Values *properties)
{
    fputs("{\"path\":", file);
    json_string(file, path);
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
    _cleanup_table_ Table table = {{"ID", "DOMAIN", "HOST", "MODIFIED", "STATE"}, 5};
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
            add_draft(&table, drafts.items[i], &properties);
            continue;
        }
        fputs(comma, terminal_out());
        write_draft(terminal_out(), drafts.items[i], &properties);
        comma = ",";
    }
    if (arg_json)
        fprintf(terminal_out(), "%s]\n", *comma == '[' ? "[" : "");
    else
        table_print(&table);
    return STATUS_FINE;
}

static int open_file(const char *word)
{
    _cleanup_file_ File *file = file_read(word);
    _cleanup_free_ char *path = NULL;

    if (!file)
        return report_trouble();
    path = import_document(file->name, file->text, arg_host);
    return path ? print_draft(path) : report_trouble();
}

static int open_domain(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    const char *path;
    int r = bus_call(target->path, DOMWRIGHT_DOMAIN_INTERFACE, "Edit", &error, &reply, "a{sv}", 0);

    if (r >= 0)
        r = sd_bus_message_read_basic(reply, 'o', &path);
    return r < 0 ? report_bus_error(target->name, r, &error) : print_draft(path);
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
    _cleanup_message_ sd_bus_message *message = NULL;
    int r = bus_prepare(target->path, DOMWRIGHT_DRAFT_INTERFACE, "Commit", &message);

    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "{sv}");
    if (r >= 0)
        r = append_string_option(message, "host", host);
    if (r >= 0)
        r = append_bool_option(message, "dry-run", arg_dry_run);
    if (r >= 0)
        r = append_bool_option(message, "diff", arg_diff || arg_dry_run);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r < 0 ? r : bus_send(message, error, ret_reply);
}

static int commit(const Target *target, void *data)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = commit_to(target, arg_host, &error, &reply);

    return r < 0 ? report_bus_error(target->name, r, &error)
                 : report_defined(target->name, reply, true);
}

int run_draft_commit(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DRAFT, commit, NULL);
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
