/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the calls that list hosts, domains and drafts. Verbs show what they return, or go through
 * it. Main thread.
 */
#include "bus/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "bus/bus.h"

static Domain *append_domain(Domains *domains, const char *path, const char *host)
{
    Domain *domain;

    domains->items = grow_array(domains->items, domains->count + 1, sizeof(Domain));
    domain = &domains->items[domains->count++];
    *domain = (Domain){.path = copy_string(path), .host = copy_string(host)};
    return domain;
}

Values *domains_append(Domains *domains, const char *path)
{
    return &append_domain(domains, path, "")->columns;
}

void domains_add(Domains *domains, const char *path, const char *name)
{
    values_add(domains_append(domains, path), "name", name);
}

void domains_clear(Domains *domains)
{
    for (size_t i = 0; i < domains->count; i++) {
        free(domains->items[i].path);
        free(domains->items[i].host);
        free(domains->items[i].label);
        values_clear(&domains->items[i].columns);
    }
    free(domains->items);
    *domains = (Domains){0};
}

const char *domain_label(const Domain *domain)
{
    return domain->label ?: values_get(&domain->columns, "name") ?: "";
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(domain_label(*(Domain *const *)a), domain_label(*(Domain *const *)b));
}

/* ".../host/NAME/domain/..." -> "NAME/DOMAIN" */
static char *label_with_host(const Domain *domain)
{
    const char *host = domain->path + strlen(DOMWRIGHT_HOST_PREFIX);

    return format_string("%.*s/%s", (int)strcspn(host, "/"), host, domain_label(domain));
}

void domains_tell_apart(Domains *const *lists, size_t count)
{
    _cleanup_free_ Domain **all = NULL;
    _cleanup_free_ bool *repeated = NULL;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        all = grow_array(all, n + lists[i]->count + 1, sizeof(Domain *));
        for (size_t j = 0; j < lists[i]->count; j++)
            all[n++] = &lists[i]->items[j];
    }
    if (n < 2)
        return;
    qsort(all, n, sizeof(Domain *), compare_names);
    repeated = grow_array(NULL, n, sizeof(bool));
    for (size_t i = 0; i < n; i++)
        repeated[i] = (i > 0 && compare_names(&all[i - 1], &all[i]) == 0) ||
                      (i + 1 < n && compare_names(&all[i], &all[i + 1]) == 0);
    for (size_t i = 0; i < n; i++)
        if (repeated[i])
            all[i]->label = label_with_host(all[i]);
}

const char *path_tail(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int read_paths(sd_bus_message *message, Strings *paths)
{
    const char *path;
    int r = sd_bus_message_enter_container(message, 'a', "o");

    while (r >= 0 && (r = sd_bus_message_read_basic(message, 'o', &path)) > 0)
        strings_add(paths, path);
    return r;
}

int inventory_hosts(sd_bus_error *error, Strings *paths)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(DOMWRIGHT_PATH, "org.freedesktop.DBus.Properties", "Get", error, &reply, "ss",
                     DOMWRIGHT_MANAGER_INTERFACE, "Hosts");

    if (r >= 0)
        r = sd_bus_message_enter_container(reply, 'v', "ao");
    return r < 0 ? r : read_paths(reply, paths);
}

const char *const inventory_columns[] = {"name",   "uuid",       "id",        "state",
                                         "active", "persistent", "autostart", "title",
                                         "host",   "started-at", "pending",   NULL};

char *host_path(void)
{
    _cleanup_strings_ Strings hosts = {0};

    if (!arg_host && bus_get() && inventory_hosts(NULL, &hosts) >= 0 && hosts.count == 1)
        return copy_string(hosts.items[0]);
    return format_string(DOMWRIGHT_HOST_PREFIX "%s", arg_host ? arg_host : "local");
}

int inventory_drafts(sd_bus_error *error, Strings *paths)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "ListDrafts", error, &reply,
                     "a{sv}", 0);

    return r < 0 ? r : read_paths(reply, paths);
}

static void append_list_options(Writer *call, const char *pattern, const Strings *columns)
{
    writer_open(call, 'a', "{sv}");
    writer_option(call, "name", pattern);
    if (columns) {
        writer_open(call, 'e', "sv");
        writer_append(call, "s", "columns");
        writer_open(call, 'v', "as");
        writer_strings(call, columns->items);
        writer_close(call);
        writer_close(call);
    }
    writer_close(call);
}

static int domains_of_host(const char *path, const char *pattern, const Strings *columns,
                           sd_bus_error *error, Domains *domains)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    Writer call = bus_begin(path, DOMWRIGHT_HOST_INTERFACE, "ListDomains");
    int r;

    append_list_options(&call, pattern, columns);
    r = bus_finish(&call, error, &reply);
    if (r >= 0)
        r = sd_bus_message_enter_container(reply, 'a', "(oa{sv})");
    while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "oa{sv}")) > 0) {
        const char *domain;
        Domain *item;

        r = sd_bus_message_read_basic(reply, 'o', &domain);
        if (r < 0)
            break;
        item = append_domain(domains, domain, path_tail(path));
        r = values_read(reply, &item->columns);
        if (r >= 0)
            r = sd_bus_message_exit_container(reply);
    }
    return r;
}

static int compare_domains(const void *a, const void *b)
{
    const Domain *first = a, *second = b;
    int order = strcmp(values_get(&first->columns, "name") ?: "",
                       values_get(&second->columns, "name") ?: "");

    return order ? order : strcmp(first->host, second->host);
}

int inventory_domains(const char *pattern, const Strings *columns, sd_bus_error *error,
                      Domains *domains)
{
    _cleanup_strings_ Strings hosts = {0};
    int first = 0;

    if (arg_host)
        strings_take(&hosts, host_path());
    else
        first = inventory_hosts(error, &hosts);
    for (size_t i = 0; i < hosts.count; i++) {
        int r =
            domains_of_host(hosts.items[i], pattern, columns, first < 0 ? NULL : error, domains);

        if (r < 0 && first >= 0)
            first = r;
    }
    if (domains->count)
        qsort(domains->items, domains->count, sizeof(Domain), compare_domains);
    return first;
}

int inventory_properties(const char *path, const char *interface, sd_bus_error *error,
                         Values *properties)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r =
        bus_call(path, "org.freedesktop.DBus.Properties", "GetAll", error, &reply, "s", interface);

    return r < 0 ? r : values_read(reply, properties);
}
