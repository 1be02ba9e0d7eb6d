/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How sd-bus finds objects, and putting the contract's interfaces where they belong. */
#include "api/object-tree.h"

#include <string.h>

#include "api/interfaces.h"
#include "base/error.h"
#include "calls/server.h"
#include "drafts/drafts.h"
#include "host/hosts.h"
#include "inventory/domain-path.h"
#include "inventory/inventory.h"

static bool is_below(const Host *host, const char *path)
{
    gsize length = strlen(host->path);
    return strncmp(path, host->path, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

Host *object_tree_host_of(const Server *server, const char *path)
{
    for (guint i = 0; i < server->hosts->list->len; i++) {
        Host *host = server->hosts->list->pdata[i];
        if (is_below(host, path))
            return host;
    }
    return NULL;
}

Host *object_tree_host(const Server *server, const char *path)
{
    Host *host = object_tree_host_of(server, path);
    return host && strcmp(host->path, path) == 0 ? host : NULL;
}

/* ---- How sd-bus finds objects ---- */

/* Of a host that is not connected nobody can say that it has no such domain. */
static int find_domain(sd_bus *bus, const char *path, const char *interface, void *userdata,
                       void **ret_found, sd_bus_error *error)
{
    const Host *host = userdata;
    g_autoptr(GError) failure = NULL;
    Domain *domain = inventory_at_path(host->inventory, path);
    *ret_found = domain;
    if (domain || strncmp(strrchr(path, '/'), "/_", 2) != 0 ||
        host_queue_check(host->queue, &failure))
        return domain != NULL;
    g_autofree char *text = error_text(failure);
    return sd_bus_error_set(error, error_name(failure), text);
}

static int list_domains(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                        sd_bus_error *error)
{
    const Host *host = userdata;
    char **nodes = g_new(char *, g_hash_table_size(host->inventory->domains) + 1);
    GHashTableIter iter;
    const Domain *domain;
    gsize count = 0;
    g_hash_table_iter_init(&iter, host->inventory->domains);
    while ((domain = inventory_next(&iter)))
        nodes[count++] = domain_path(domain);
    nodes[count] = NULL;
    *ret_nodes = nodes;
    return 0;
}

/* Who is asking, as far as the message being handled tells: drafts show themselves to their owners.
 */
static bool current_uid(Server *server, uid_t *ret_uid)
{
    sd_bus_message *message = sd_bus_get_current_message(server->bus);
    return message && senders_uid(server->senders, sd_bus_message_get_sender(message), ret_uid);
}

static int find_draft(sd_bus *bus, const char *path, const char *interface, void *userdata,
                      void **ret_found, sd_bus_error *error)
{
    Server *server = userdata;
    uid_t uid;
    *ret_found = current_uid(server, &uid) ? drafts_at(server->drafts, path, uid) : NULL;
    return *ret_found != NULL;
}

static int list_drafts(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                       sd_bus_error *error)
{
    Server *server = userdata;
    uid_t uid;
    *ret_nodes = current_uid(server, &uid) ? drafts_list(server->drafts, uid) : NULL;
    return 0;
}

/* ---- Registration ---- */

/* Of what sd-bus answers itself, the methods that the filter has to know. */
static const Method introspectable_methods[] = {
    {STANDARD_METHOD("Introspect"), ACCESS_OWN, NULL, METHOD_LISTS_DOMAINS},
};
static const Method object_manager_methods[] = {
    {STANDARD_METHOD("GetManagedObjects"), ACCESS_OWN, NULL, METHOD_LISTS_DOMAINS},
};
static const Interface introspectable_interface = {"org.freedesktop.DBus.Introspectable",
                                                   introspectable_methods, 1, NULL};
static const Interface object_manager_interface = {"org.freedesktop.DBus.ObjectManager",
                                                   object_manager_methods, 1, NULL};

static const Interface *const interfaces[] = {
    &manager_interface, &host_interface,           &config_interface,        &draft_interface,
    &domain_interface,  &introspectable_interface, &object_manager_interface};
/* sd-bus keeps a pointer to each, for as long as the program lives. */
static sd_bus_vtable *vtables[G_N_ELEMENTS(interfaces)];

void object_tree_add_interfaces(Filter *filter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(interfaces); i++)
        filter_add_interface(filter, interfaces[i]);
}

static const sd_bus_vtable *vtable(const Interface *interface)
{
    gsize i = 0;
    while (interfaces[i] != interface)
        i++;
    if (!vtables[i])
        vtables[i] = interface_vtable(interface);
    return vtables[i];
}

typedef struct {
    sd_bus_slot *slots[5];
} HostSlots;

static void free_slots(void *userdata)
{
    HostSlots *slots = userdata;
    for (gsize i = 0; i < G_N_ELEMENTS(slots->slots); i++)
        sd_bus_slot_unref(slots->slots[i]);
    g_free(slots);
}

int object_tree_register(Server *server)
{
    sd_bus_slot **slot = server->slots;
    server->host_slots = g_hash_table_new_full(NULL, NULL, NULL, free_slots);
    int r =
        sd_bus_add_object_vtable(server->bus, slot++, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE,
                                 vtable(&manager_interface), server);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(server->bus, slot++, DOMWRIGHT_PATH "/draft",
                                       DOMWRIGHT_DRAFT_INTERFACE, vtable(&draft_interface),
                                       find_draft, server);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(server->bus, slot++, DOMWRIGHT_PATH "/draft",
                                       DOMWRIGHT_CONFIG_INTERFACE, vtable(&config_interface),
                                       find_draft, server);
    if (r >= 0)
        r = sd_bus_add_node_enumerator(server->bus, slot++, DOMWRIGHT_PATH "/draft", list_drafts,
                                       server);
    return r;
}

/* ---- Hosts ---- */

static int add_host(Host *host, void *userdata)
{
    Server *server = userdata;
    sd_bus *bus = server->bus;
    HostSlots *slots = g_new0(HostSlots, 1);
    sd_bus_slot **slot = slots->slots;
    g_autofree char *domains = g_strconcat(host->path, "/domain", NULL);
    g_hash_table_insert(server->host_slots, host, slots);
    int r = sd_bus_add_object_manager(bus, slot++, host->path);
    if (r >= 0)
        r = sd_bus_add_object_vtable(bus, slot++, host->path, DOMWRIGHT_HOST_INTERFACE,
                                     vtable(&host_interface), host);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(bus, slot++, domains, DOMWRIGHT_DOMAIN_INTERFACE,
                                       vtable(&domain_interface), find_domain, host);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(bus, slot++, domains, DOMWRIGHT_CONFIG_INTERFACE,
                                       vtable(&config_interface), find_domain, host);
    if (r >= 0)
        r = sd_bus_add_node_enumerator(bus, slot++, domains, list_domains, host);
    return r;
}

static void remove_host(Host *host, void *userdata)
{
    Server *server = userdata;
    GHashTableIter iter;
    const Domain *domain;
    g_hash_table_iter_init(&iter, host->inventory->domains);
    while ((domain = inventory_next(&iter))) {
        g_autofree char *path = domain_path(domain);
        need_memory(sd_bus_emit_interfaces_removed(server->bus, path, DOMWRIGHT_DOMAIN_INTERFACE,
                                                   DOMWRIGHT_CONFIG_INTERFACE, NULL));
    }
    g_hash_table_remove(server->host_slots, host);
}

HostListener object_tree_host_listener(Server *server)
{
    return (HostListener){.data = server, .added = add_host, .removed = remove_host};
}
