/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows of domains, put into an answer in slices. The domains are those there were at the beginning;
 * one that goes meanwhile has no row, one that changes is told as it is by then.
 */
#include "fleet.h"

#include <fnmatch.h>
#include <string.h>

#include "domain-values.h"
#include "errors.h"
#include "inventory.h"
#include "long-calls.h"

#define MAX_COLUMNS 16
/* Rows between looks at the clock, and the longest a slice may take. */
#define ROWS_A_LOOK 32
#define SLICE_USEC  1000

typedef struct Fleet Fleet;

struct Fleet {
    Request *request;
    Host *host;
    GArray *uuids; /* of Uuid */
    guint next;
    sd_bus_message *reply;
    int r;
    int (*append)(const Fleet *fleet, const Domain *domain, const char *path);
    /* ListDomains */
    Options options;
    int columns[MAX_COLUMNS];
    int count;
};

/* ---- Slices ---- */

static void fleet_free(void *userdata)
{
    Fleet *fleet = userdata;
    fleet->host->calls--;
    if (fleet->request)
        request_drop(fleet->request);
    sd_bus_message_unref(fleet->reply);
    g_array_unref(fleet->uuids);
    options_clear(&fleet->options);
    g_free(fleet);
}

static void append_domain(Fleet *fleet)
{
    const Domain *domain =
        inventory_find(fleet->host, &g_array_index(fleet->uuids, Uuid, fleet->next++));
    if (!domain)
        return;
    g_autofree char *path = domain_path(domain);
    fleet->r = fleet->append(fleet, domain, path);
}

static void fleet_send(Fleet *fleet)
{
    if (fleet->r >= 0)
        fleet->r = sd_bus_message_close_container(fleet->reply);
    request_send(g_steal_pointer(&fleet->request), g_steal_pointer(&fleet->reply), fleet->r);
}

/* True when there is more to do. */
static bool fleet_step(void *userdata)
{
    Fleet *fleet = userdata;
    gint64 end = g_get_monotonic_time() + SLICE_USEC;
    while (fleet->r >= 0 && fleet->next < fleet->uuids->len) {
        append_domain(fleet);
        if (fleet->next % ROWS_A_LOOK == 0 && g_get_monotonic_time() >= end)
            return true;
    }
    fleet_send(fleet);
    return false;
}

static Fleet *fleet_new(Request *request, Host *host)
{
    Fleet *fleet = g_new0(Fleet, 1);
    *fleet = (Fleet){.request = request, .host = host};
    host->calls++;
    fleet->uuids = g_array_sized_new(FALSE, FALSE, sizeof(Uuid), g_hash_table_size(host->domains));
    GHashTableIter iter;
    const Domain *domain;
    g_hash_table_iter_init(&iter, host->domains);
    while ((domain = inventory_next(&iter)))
        g_array_append_val(fleet->uuids, domain->uuid);
    return fleet;
}

static void fleet_answer(Fleet *fleet, const char *contents)
{
    LongCalls *long_calls = fleet->request->server->long_calls;
    fleet->reply = request_reply(fleet->request);
    fleet->r = fleet->reply ? sd_bus_message_open_container(fleet->reply, 'a', contents) : -ENOMEM;
    if (fleet_step(fleet))
        long_calls_run(long_calls, fleet_step, fleet_free, fleet);
    else
        fleet_free(fleet);
}

/* ---- ListDomains ---- */

static bool select_columns(const Options *options, Fleet *fleet, GError **error)
{
    static const char *const usual[] = {"name", "uuid", "state", "active", NULL};
    const char *const *names = options->columns ? (const char *const *)options->columns : usual;
    for (; *names; names++) {
        int column = domain_column(*names);
        if (column < 0) {
            g_autofree char *known = g_strjoinv(", ", (char **)domain_columns());
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                        "option columns: \"%s\" is none of %s", *names, known);
            return false;
        }
        for (int i = 0; i < fleet->count; i++) {
            if (fleet->columns[i] == column) {
                g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                            "option columns: \"%s\" is given twice", *names);
                return false;
            }
        }
        fleet->columns[fleet->count++] = column;
    }
    return true;
}

static bool is_selected(const Fleet *fleet, const Domain *domain)
{
    OptionChoice active = fleet->options.active;
    const char *pattern = fleet->options.name;
    if (active != CHOICE_ABSENT && domain_active(domain) != (active == CHOICE_YES))
        return false;
    return !pattern || fnmatch(pattern, domain->name, 0) == 0;
}

static int append_row(const Fleet *fleet, const Domain *domain, const char *path)
{
    sd_bus_message *reply = fleet->reply;
    if (!is_selected(fleet, domain))
        return 0;
    int r = sd_bus_message_open_container(reply, 'r', "oa{sv}");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 'o', path);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "{sv}");
    for (int i = 0; r >= 0 && i < fleet->count; i++)
        r = domain_append_column(reply, domain, fleet->columns[i]);
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

bool fleet_list(Request *request, Host *host, Options *options, GError **error)
{
    Fleet *fleet = fleet_new(request, host);
    if (!select_columns(options, fleet, error)) {
        fleet->request = NULL;
        fleet_free(fleet);
        return false;
    }
    fleet->options = *options;
    fleet->append = append_row;
    fleet_answer(fleet, "(oa{sv})");
    return true;
}

/* ---- GetManagedObjects ---- */

static int append_interface(sd_bus_message *reply, const char *name, const Domain *domain)
{
    int r = sd_bus_message_open_container(reply, 'e', "sa{sv}");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 's', name);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "{sv}");
    if (r >= 0 && domain)
        r = domain_append_properties(reply, domain);
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* As sd-bus would have it, which leaves Revision out: it is not told in signals. */
static int append_object(const Fleet *fleet, const Domain *domain, const char *path)
{
    static const char *const bare[] = {
        "org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Introspectable",
        "org.freedesktop.DBus.Properties", DOMWRIGHT_CONFIG_INTERFACE};
    sd_bus_message *reply = fleet->reply;
    int r = sd_bus_message_open_container(reply, 'e', "oa{sa{sv}}");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 'o', path);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "{sa{sv}}");
    for (gsize i = 0; r >= 0 && i < G_N_ELEMENTS(bare); i++)
        r = append_interface(reply, bare[i], NULL);
    if (r >= 0)
        r = append_interface(reply, DOMWRIGHT_DOMAIN_INTERFACE, domain);
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static Host *managed_host(Server *server, const char *path)
{
    for (guint i = 0; i < server->hosts->len; i++) {
        Host *host = server->hosts->pdata[i];
        if (strcmp(host->path, path) == 0)
            return host;
    }
    return NULL;
}

bool fleet_intercept(Server *server, sd_bus_message *message, uid_t uid)
{
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.ObjectManager",
                                      "GetManagedObjects") <= 0 ||
        !sd_bus_message_has_signature(message, ""))
        return false;
    Host *host = managed_host(server, sd_bus_message_get_path(message));
    if (!host || g_hash_table_size(host->domains) < MANY_DOMAINS)
        return false;
    Request *request = request_new(server, message, NULL, uid);
    if (!request)
        return true;
    Fleet *fleet = fleet_new(request, host);
    fleet->append = append_object;
    fleet_answer(fleet, "{oa{sa{sv}}}");
    return true;
}
