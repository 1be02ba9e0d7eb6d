/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that say what there is: list, hosts, path. */
#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "bus.h"
#include "inventory.h"
#include "json.h"
#include "report.h"
#include "table.h"
#include "targets.h"
#include "terminal.h"
#include "verbs.h"

static void list_json(const Domains *domains)
{
    FILE *out = terminal_out();

    fputc('[', out);
    for (size_t i = 0; i < domains->count; i++) {
        const Domain *domain = &domains->items[i];

        fputs(i ? ",{\"path\":" : "{\"path\":", out);
        json_string(out, domain->path);
        fputs(",\"host\":", out);
        json_string(out, domain->host);
        for (size_t j = 0; j < domain->columns.count; j++) {
            const Value *value = &domain->columns.items[j];

            fputc(',', out);
            json_string(out, value->name);
            fputc(':', out);
            fputs(value->json, out);
        }
        fputc('}', out);
    }
    fputs("]\n", out);
}

static bool several_hosts(const Domains *domains)
{
    for (size_t i = 1; i < domains->count; i++)
        if (strcmp(domains->items[i].host, domains->items[0].host) != 0)
            return true;
    return false;
}

static void list_table(const Domains *domains)
{
    _cleanup_table_ Table table = {{"NAME", "STATE", "UUID", "HOST"}, 3};

    if (several_hosts(domains))
        table.n_columns = 4;
    for (size_t i = 0; i < domains->count; i++) {
        const Values *columns = &domains->items[i].columns;

        table_add(&table, values_get(columns, "name"));
        table_add(&table, values_get(columns, "state"));
        table_add(&table, values_get(columns, "uuid"));
        if (table.n_columns == 4)
            table_add(&table, domains->items[i].host);
    }
    table_print(&table);
}

int run_list(const Verb *verb, char *words[], int count)
{
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_domains_ Domains domains = {0};
    int r;

    if (!bus_get())
        return report_trouble();
    r = inventory_domains(count > 0 ? words[0] : NULL, &error, &domains);
    if (arg_json && (r >= 0 || domains.count))
        list_json(&domains);
    else if (r >= 0 || domains.count)
        list_table(&domains);
    return r < 0 ? report_bus_error(NULL, r, &error) : STATUS_FINE;
}

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
            return report_bus_error(path_tail(paths->items[i]), r, &error);
    }
    fflush(file);
    fprintf(terminal_out(), "[%s]\n", buffer);
    return STATUS_FINE;
}

int run_hosts(const Verb *verb, char *words[], int count)
{
    static const char *const columns[] = {
        "Name", "Uri", "Connected", "Hostname", "LibvirtVersion", "HypervisorVersion"};
    _cleanup_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_table_ Table table = {
        {"NAME", "URI", "CONNECTED", "HOSTNAME", "LIBVIRT", "HYPERVISOR"}, 6};
    _cleanup_strings_ Strings paths = {0};
    int r;

    if (!bus_get())
        return report_trouble();
    r = inventory_hosts(&error, &paths);
    if (r < 0)
        return report_bus_error(NULL, r, &error);
    if (arg_json)
        return hosts_json(&paths);
    for (size_t i = 0; i < paths.count; i++) {
        _cleanup_values_ Values properties = {0};

        r = inventory_properties(paths.items[i], DOMWRIGHT_HOST_INTERFACE, &error, &properties);
        if (r < 0)
            return report_bus_error(path_tail(paths.items[i]), r, &error);
        for (size_t j = 0; j < sizeof(columns) / sizeof(*columns); j++)
            table_add(&table, values_get(&properties, columns[j]));
    }
    table_print(&table);
    return STATUS_FINE;
}

static int print_path(const Target *target, void *data)
{
    FILE *out = terminal_out();

    if (arg_json)
        json_string(out, target->path);
    else
        fputs(target->path, out);
    fputc('\n', out);
    return STATUS_FINE;
}

int run_path(const Verb *verb, char *words[], int count)
{
    return targets_each(words[0], TARGET_DOMAIN | TARGET_GLOB | TARGET_DRAFT, print_path, NULL);
}
