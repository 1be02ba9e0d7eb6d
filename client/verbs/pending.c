/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the verb that says what waits until a guest is started again, of one domain or of all that
 * run. Main thread. */
#include "verbs/pending.h"

#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/keys.h"
#include "bus/waiting.h"
#include "terminal/columns.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"
#include "verbs/targets.h"

#define NOTHING "No change waits for a restart."

/* What is shown of one domain or several. */
typedef struct {
    Columns columns;
    Rows keys;
    bool several;
} Table;

static const char *text_of(const Values *row, const char *name)
{
    const char *text = values_get(row, name);

    return text ? text : "";
}

static void add_side(Table *table, const Values *row, const char *side)
{
    _cleanup_free_ char *text = waiting_side(row, side, &table->keys);

    columns_add(&table->columns, text ? text : terminal_is_person() ? "-" : "");
}

static void add_waits(Table *table, const Values *row)
{
    const char *waits = text_of(row, "waits");
    bool sure = strcmp(text_of(row, "sure"), "no") != 0;
    _cleanup_free_ char *text = format_string("%s%s", waits, sure ? "" : "?");

    columns_add(&table->columns, text);
}

static int add_rows(Table *table, const char *path, const char *name)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_rows_ Rows rows = {0};
    int r = waiting_read(path, &rows, &error);

    if (r < 0)
        return report_bus_error(name, r, &error);
    for (size_t i = 0; i < rows.count; i++) {
        const Values *row = &rows.items[i];
        _cleanup_free_ char *what = waiting_name(row);

        if (table->several)
            columns_add(&table->columns, name);
        columns_add(&table->columns, what);
        add_side(table, row, "live");
        add_side(table, row, "config");
        add_waits(table, row);
    }
    return STATUS_FINE;
}

static int add_json(const char *path, const char *name)
{
    static const char *const names[] = {"=", NULL};
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(path, DOMWRIGHT_DOMAIN_INTERFACE, "ListPending", &error, &reply, "a{sv}", 0);

    if (r < 0)
        return report_bus_error(name, r, &error);
    r = json_message(terminal_out(), reply, names);
    return r < 0 ? report_bad_answer(name, r) : STATUS_FINE;
}

static int show_one(const Target *target, void *data)
{
    return arg_json ? add_json(target->path, target->name)
                    : add_rows(data, target->path, target->name);
}

/* A member of an object by name: what waits, or the error. */
static int add_member(const char *path, const char *name, bool first)
{
    _cleanup_free_ char *buffer = NULL;
    size_t length;
    FILE *file = open_buffer(&buffer, &length), *out = terminal_out();
    int status;

    terminal_divert(file);
    report_keep();
    status = add_json(path, name);
    terminal_divert(NULL);
    fclose(file);
    if (length && buffer[length - 1] == '\n')
        buffer[length - 1] = '\0';
    fputs(first ? "{" : ",", out);
    json_string(out, name);
    fprintf(out, ":%s", length ? buffer : "");
    report_write_kept(length ? NULL : out);
    return status;
}

/* Nothing waits in a domain that does not run. pattern: NULL for all. */
static int show_running(Table *table, const char *pattern)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_domains_ Domains domains = {0};
    int gravest = STATUS_FINE, r = inventory_domains(pattern, NULL, &error, &domains);
    bool first = true;

    if (r < 0)
        gravest = report_bus_error(pattern, r, &error);
    if (r >= 0 && pattern && domains.count == 0)
        return report_error(pattern,
                            "No domain has a name like this; \"domwright list\" lists them.");
    domains_tell_apart((Domains *const[]){&domains}, 1);
    for (size_t i = 0; i < domains.count; i++) {
        const Domain *domain = &domains.items[i];
        const char *name = domain_label(domain);
        int status;

        if (strcmp(text_of(&domain->columns, "active"), "yes") != 0)
            continue;
        status =
            arg_json ? add_member(domain->path, name, first) : add_rows(table, domain->path, name);
        first = false;
        if (status > gravest)
            gravest = status;
    }
    if (arg_json)
        fputs(first ? "{}\n" : "}\n", terminal_out());
    return gravest;
}

int run_pending(const Verb *verb, char *words[], int count)
{
    Table one = {.columns = {{"WHAT", "NOW", "NEXT START", "WAITS"}, 4}};
    Table several = {.columns = {{"NAME", "WHAT", "NOW", "NEXT START", "WAITS"}, 5},
                     .several = true};
    Table *table;
    bool all;
    int status;

    if (!bus_get())
        return report_trouble();
    all = count == 0 || word_is_pattern(words[0]);
    table = all ? &several : &one;
    status = all ? show_running(table, count ? words[0] : NULL)
                 : targets_each(words[0], TARGET_DOMAIN, show_one, table);
    if (!arg_json && status == STATUS_FINE)
        columns_print(&table->columns, NOTHING);
    columns_clear(&table->columns);
    rows_clear(&table->keys);
    return status;
}
