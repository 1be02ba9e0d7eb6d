/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths and look-ups, and putting the contract's interfaces where they belong. */
#include "objects.h"

#include <string.h>

#include "access.h"
#include "contract.h"
#include "drafts.h"
#include "host.h"
#include "inventory.h"

/* ---- UUIDs and paths ---- */

bool uuid_parse(const char *text, Uuid *ret)
{
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (*text != '-' && *text != '_')
                return false;
            text++;
        }
        int high = g_ascii_xdigit_value(text[0]);
        int low = high < 0 ? -1 : g_ascii_xdigit_value(text[1]);
        if (low < 0)
            return false;
        ret->bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return *text == '\0';
}

static void format(const Uuid *uuid, char separator, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *ret_text++ = separator;
        *ret_text++ = digits[uuid->bytes[i] >> 4];
        *ret_text++ = digits[uuid->bytes[i] & 15];
    }
    *ret_text = '\0';
}

void uuid_format(const Uuid *uuid, char ret_text[static 37])
{
    format(uuid, '-', ret_text);
}

guint uuid_hash(const void *userdata)
{
    const Uuid *uuid = userdata;
    guint hash[4];
    memcpy(hash, uuid->bytes, sizeof hash);
    return hash[0] ^ hash[1] ^ hash[2] ^ hash[3];
}

gboolean uuid_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(Uuid)) == 0;
}

char *domain_path(const Domain *domain)
{
    char text[37];
    format(&domain->uuid, '_', text);
    return g_strconcat(domain->host->path, "/domain/_", text, NULL);
}

char *domain_path_of(const Host *host, const char *uuid_text)
{
    Uuid uuid;
    char text[37];
    if (!uuid_parse(uuid_text, &uuid))
        return NULL;
    format(&uuid, '_', text);
    return g_strconcat(host->path, "/domain/_", text, NULL);
}

Domain *domain_at(const Host *host, const char *path)
{
    static const char middle[] = "/domain/_";
    gsize length = strlen(host->path);
    Uuid uuid;
    if (strncmp(path, host->path, length) != 0 ||
        strncmp(path + length, middle, sizeof middle - 1) != 0)
        return NULL;
    const char *text = path + length + sizeof middle - 1;
    if (!uuid_parse(text, &uuid))
        return NULL;
    /* One object, one path: capitals and dashes are not accepted. */
    char canonical[37];
    format(&uuid, '_', canonical);
    return strcmp(text, canonical) == 0 ? inventory_find(host, &uuid) : NULL;
}

Server *object_server(const Object *object)
{
    switch ((ObjectKind)object->kind) {
    case OBJECT_MANAGER:
        return (Server *)object;
    case OBJECT_HOST:
        return ((const Host *)object)->server;
    case OBJECT_DOMAIN:
        return ((const Domain *)object)->host->server;
    case OBJECT_DRAFT:
        return ((const Draft *)object)->server;
    }
    return NULL;
}

/* ---- How sd-bus finds objects ---- */

static int find_domain(sd_bus *bus, const char *path, const char *interface, void *userdata,
                       void **ret_found, sd_bus_error *error)
{
    Domain *domain = domain_at(userdata, path);
    *ret_found = domain;
    return domain != NULL;
}

static int list_domains(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                        sd_bus_error *error)
{
    const Host *host = userdata;
    char **nodes = g_new(char *, g_hash_table_size(host->domains) + 1);
    GHashTableIter iter;
    const Domain *domain;
    gsize count = 0;
    g_hash_table_iter_init(&iter, host->domains);
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
    return message && access_uid(server->access, sd_bus_message_get_sender(message), ret_uid);
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

int objects_register(Server *server)
{
    sd_bus_slot **slot = server->slots;
    int r = sd_bus_add_object_vtable(server->bus, slot++, DOMWRIGHT_PATH,
                                     DOMWRIGHT_MANAGER_INTERFACE, contract_manager, server);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(server->bus, slot++, DOMWRIGHT_PATH "/draft",
                                       DOMWRIGHT_DRAFT_INTERFACE, contract_draft, find_draft,
                                       server);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(server->bus, slot++, DOMWRIGHT_PATH "/draft",
                                       DOMWRIGHT_CONFIG_INTERFACE, contract_config, find_draft,
                                       server);
    if (r >= 0)
        r = sd_bus_add_node_enumerator(server->bus, slot++, DOMWRIGHT_PATH "/draft", list_drafts,
                                       server);
    return r;
}

int objects_register_host(Host *host)
{
    sd_bus *bus = host->server->bus;
    sd_bus_slot **slot = host->slots;
    g_autofree char *domains = g_strconcat(host->path, "/domain", NULL);
    int r = sd_bus_add_object_manager(bus, slot++, host->path);
    if (r >= 0)
        r = sd_bus_add_object_vtable(bus, slot++, host->path, DOMWRIGHT_HOST_INTERFACE,
                                     contract_host, host);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(bus, slot++, domains, DOMWRIGHT_DOMAIN_INTERFACE,
                                       contract_domain, find_domain, host);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(bus, slot++, domains, DOMWRIGHT_CONFIG_INTERFACE,
                                       contract_config, find_domain, host);
    if (r >= 0)
        r = sd_bus_add_node_enumerator(bus, slot++, domains, list_domains, host);
    return r;
}
