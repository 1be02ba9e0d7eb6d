/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the verbs that say what there is: list, hosts, path. Main thread. */
#include "verbs/list.h"

#include <ctype.h>
#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "bus/failure.h"
#include "bus/inventory.h"
#include "bus/keys.h"
#include "terminal/columns.h"
#include "terminal/print.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/json.h"
#include "verbs/targets.h"

/* ---- list ---- */

typedef struct {
    Strings shown; /* columns */
    Strings asked; /* those and what the filters need */
    Rows keys;     /* the domain's, to know which columns are sizes */
} List;

static void list_clear(List *list)
{
    strings_clear(&list->shown);
    strings_clear(&list->asked);
    rows_clear(&list->keys);
}

static bool contains(const Strings *strings, const char *string)
{
    for (size_t i = 0; i < strings->count; i++)
        if (strcmp(strings->items[i], string) == 0)
            return true;
    return false;
}

static void add_once(Strings *strings, const char *string)
{
    if (!contains(strings, string))
        strings_add(strings, string);
}

static bool choose_columns(List *list)
{
    for (const char *next = arg_columns, *end; next; next = *end ? end + 1 : NULL) {
        _cleanup_free_ char *name = NULL;

        end = next + strcspn(next, ",");
        name = copy_bytes(next, (size_t)(end - next));
        if (!*name || contains(&list->shown, name)) {
            report_usage("-o: %s%s; it takes names of columns with commas between them, for "
                         "example -o name,state,memory.",
                         *name ? name : "A column has no name", *name ? " stands there twice" : "");
            return false;
        }
        strings_add(&list->shown, name);
    }
    if (list->shown.count > MAX_COLUMNS - 1) {
        report_usage("-o takes %d columns at most.", MAX_COLUMNS - 1);
        return false;
    }
    for (size_t i = 0; i < list->shown.count; i++)
        strings_add(&list->asked, list->shown.items[i]);
    /* The order is by name, in any case. */
    for (size_t i = 0; i < 4 && (!arg_columns || i == 0); i++)
        add_once(&list->asked, (const char *const[]){"name", "uuid", "state", "active"}[i]);
    if (!arg_columns)
        for (size_t i = 0; i < 3; i++)
            strings_add(&list->shown, (const char *const[]){"name", "state", "uuid"}[i]);
    if (arg_state)
        add_once(&list->asked, "state");
    if (arg_autostart)
        add_once(&list->asked, "autostart");
    return true;
}

static bool is_listed(const Domain *domain)
{
    const char *state = values_get(&domain->columns, "state");
    const char *autostart = values_get(&domain->columns, "autostart");

    if (arg_state && strcmp(state ? state : "", arg_state) != 0)
        return false;
    return !arg_autostart || (autostart && strcmp(autostart, "yes") == 0);
}

static void list_json(const List *list, const Domains *domains)
{
    const char *comma = "[{\"path\":";
    FILE *out = terminal_out();

    for (size_t i = 0; i < domains->count; i++) {
        const Domain *domain = &domains->items[i];

        if (!is_listed(domain))
            continue;
        fputs(comma, out);
        comma = ",{\"path\":";
        json_string(out, domain->path);
        fputs(",\"host\":", out);
        json_string(out, domain->host);
        for (size_t j = 0; j < domain->columns.count; j++) {
            const Value *value = &domain->columns.items[j];

            /* The host stands there by its name. */
            if (strcmp(value->name, "host") == 0 ||
                (arg_columns && !contains(&list->shown, value->name)))
                continue;
            fputc(',', out);
            json_string(out, value->name);
            fputc(':', out);
            fputs(value->json, out);
        }
        fputc('}', out);
    }
    fputs(*comma == '[' ? "[]\n" : "]\n", out);
}

static bool several_hosts(const Domains *domains)
{
    for (size_t i = 1; i < domains->count; i++)
        if (strcmp(domains->items[i].host, domains->items[0].host) != 0)
            return true;
    return false;
}

static void add_cell(List *list, Columns *columns, const Domain *domain, const char *name)
{
    const Values *row = &domain->columns;

    if (strcmp(name, "host") == 0) {
        columns_add(columns, domain->host);
        return;
    }
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->items[i].name, name) == 0) {
            _cleanup_free_ char *text = keys_show_value(&list->keys, "", &row->items[i]);

            columns_add(columns, text);
            return;
        }
    }
    columns_add(columns, terminal_is_person() ? "-" : "");
}

static void list_table(List *list, const Domains *domains, const char *pattern)
{
    _cleanup_columns_ Columns columns = {.n_columns = list->shown.count};
    _cleanup_strings_ Strings headings = {0};
    bool hosts = several_hosts(domains) && !arg_columns;

    for (size_t i = 0; i < list->shown.count; i++) {
        strings_add(&headings, list->shown.items[i]);
        for (char *c = headings.items[i]; *c && !strchr(headings.items[i], '/'); c++)
            *c = (char)toupper((unsigned char)*c);
        columns.headings[i] = headings.items[i];
    }
    if (hosts)
        columns.headings[columns.n_columns++] = "HOST";
    for (size_t i = 0; i < domains->count; i++) {
        if (!is_listed(&domains->items[i]))
            continue;
        for (size_t j = 0; j < list->shown.count; j++)
            add_cell(list, &columns, &domains->items[i], list->shown.items[j]);
        if (hosts)
            columns_add(&columns, domains->items[i].host);
    }
    columns_print(&columns,
                  pattern || arg_state || arg_autostart ? "No domains match." : "No domains.");
}

int run_list(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_domains_ Domains domains = {0};
    _cleanup_(list_clear) List list = {0};
    const char *pattern = count > 0 ? words[0] : NULL;
    int r;

    if (!choose_columns(&list))
        return STATUS_USAGE;
    if (!bus_get())
        return report_trouble();
    r = inventory_domains(pattern, &list.asked, &error, &domains);
    if (arg_json && (r >= 0 || domains.count))
        list_json(&list, &domains);
    else if (r >= 0 || domains.count)
        list_table(&list, &domains, pattern);
    return r < 0 ? report_bus_error(NULL, r, &error) : STATUS_FINE;
}

/* ---- hosts ---- */

static int hosts_json(const Strings *paths)
{
    _cleanup_free_ char *buffer = NULL;
    size_t length;
    _cleanup_fclose_ FILE *file = open_buffer(&buffer, &length);

    for (size_t i = 0; i < paths->count; i++) {
        _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        int r = bus_call(paths->items[i], "org.freedesktop.DBus.Properties", "GetAll", &error,
                         &reply, "s", DOMWRIGHT_HOST_INTERFACE);

        if (i)
            fputc(',', file);
        if (r >= 0)
            r = json_value(file, reply, NULL);
        if (r < 0)
            return report_bus_error(arg_host ? NULL : path_tail(paths->items[i]), r, &error);
    }
    fflush(file);
    fprintf(terminal_out(), "[%s]\n", buffer);
    return STATUS_FINE;
}

int run_hosts(const Verb *verb, char *words[], int count)
{
    static const char *const properties_shown[] = {
        "Name", "Uri", "Connected", "Hostname", "LibvirtVersion", "HypervisorVersion"};
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_columns_ Columns columns = {
        {"NAME", "URI", "CONNECTED", "HOSTNAME", "LIBVIRT", "HYPERVISOR"}, 6};
    _cleanup_strings_ Strings paths = {0};
    int r = 0;

    if (!bus_get())
        return report_trouble();
    if (arg_host)
        strings_take(&paths, host_path());
    else
        r = inventory_hosts(&error, &paths);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return hosts_json(&paths);
    for (size_t i = 0; i < paths.count; i++) {
        _cleanup_values_ Values properties = {0};

        r = inventory_properties(paths.items[i], DOMWRIGHT_HOST_INTERFACE, &error, &properties);
        if (r < 0)
            return report_bus_error(arg_host ? NULL : path_tail(paths.items[i]), r, &error);
        for (size_t j = 0; j < sizeof(properties_shown) / sizeof(*properties_shown); j++)
            columns_add(&columns, values_get(&properties, properties_shown[j]));
    }
    columns_print(&columns, "No hosts.");
    return STATUS_FINE;
}

static int print_target(const Target *target, void *data)
{
    return print_path(target->path);
}

int run_path(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB | TARGET_DRAFT, print_target, NULL);
}
