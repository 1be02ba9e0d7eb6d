/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists hosts, domains and drafts as the daemon tells them. How they are shown is not known here.
 */
#include "inventory.h"

#include <string.h>

#include "arguments.h"
#include "bus.h"

static Domain *append_domain(Domains *domains, const char *path, const char *host)
{
    Domain *domain;

    domains->items = grow_array(domains->items, domains->count + 1, sizeof(Domain));
    domain = &domains->items[domains->count++];
    *domain = (Domain){copy_string(path), copy_string(host), {0}};
    return domain;
}

void domains_add(Domains *domains, const char *path, const char *name)
{
    values_add(&append_domain(domains, path, "")->columns, "name", name);
}

void domains_clear(Domains *domains)
{
    for (size_t i = 0; i < domains->count; i++) {
        free(domains->items[i].path);
        free(domains->items[i].host);
        values_clear(&domains->items[i].columns);
    }
    free(domains->items);
    *domains = (Domains){0};
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

int inventory_drafts(sd_bus_error *error, Strings *paths)
{
    _cleanup_message_ sd_bus_message *reply = NULL;
    int r = bus_call(DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "ListDrafts", error, &reply,
                     "a{sv}", 0);

    return r < 0 ? r : read_paths(reply, paths);
}

static int domains_of_host(const char *path, const char *pattern, sd_bus_error *error,
                           Domains *domains)
{
    _cleanup_message_ sd_bus_message *message = NULL, *reply = NULL;
    int r = bus_prepare(path, DOMWRIGHT_HOST_INTERFACE, "ListDomains", &message);

    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "{sv}");
    if (r >= 0)
        r = append_string_option(message, "name", pattern);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r >= 0)
        r = bus_send(message, error, &reply);
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

int inventory_domains(const char *pattern, sd_bus_error *error, Domains *domains)
{
    _cleanup_strings_ Strings hosts = {0};
    int first = 0;

    if (arg_host)
        strings_take(&hosts, host_path());
    else
        first = inventory_hosts(error, &hosts);
    for (size_t i = 0; i < hosts.count; i++) {
        int r = domains_of_host(hosts.items[i], pattern, first < 0 ? NULL : error, domains);

        if (r < 0 && first >= 0)
            first = r;
    }
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
