/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows of domains, written in slices. The set of domains is fixed when the call starts. Domains
 * removed meanwhile are skipped; values of properties are those current when the row is written,
 * values of keys were read by an operation before the first row. Main thread.
 */
#include "api/domain-list.h"

#include <string.h>

#include "api/domain-filter.h"
#include "api/domain-properties.h"
#include "api/object-tree.h"
#include "base/error.h"
#include "bus/bulk-queue.h"
#include "bus/wire.h"
#include "calls/call.h"
#include "calls/server.h"
#include "inventory/domain-path.h"
#include "inventory/inventory.h"
#include "operations/reads/columns.h"

#define MAX_COLUMNS 64
/* The longest a slice may take. */
#define SLICE_USEC 1000

typedef struct DomainList DomainList;

struct DomainList {
    Request *request;
    Host *host;
    GArray *uuids; /* of Uuid */
    guint next;
    Writer reply;
    void (*append)(DomainList *list, const Domain *domain, const char *path);
    /* ListDomains */
    Options options;
    int columns[MAX_COLUMNS]; /* those that are properties */
    int count;
    ColumnsOperation *keys; /* has the values of the others, a row for each of uuids; or NULL */
};

/* ---- Slices ---- */

static void list_free(void *userdata)
{
    DomainList *list = userdata;
    list->host->calls--;
    if (list->request)
        request_drop(list->request);
    sd_bus_message_unref(list->reply.message);
    g_array_unref(list->uuids);
    options_clear(&list->options);
    if (list->keys)
        operation_unref(list->keys);
    g_free(list);
}

static void append_domain(DomainList *list)
{
    const Domain *domain =
        inventory_find(list->host->inventory, &g_array_index(list->uuids, Uuid, list->next++));
    if (!domain)
        return;
    g_autofree char *path = domain_path(domain);
    list->append(list, domain, path);
}

static void list_send(DomainList *list)
{
    writer_close(&list->reply);
    request_send(g_steal_pointer(&list->request), &list->reply);
}

/* True when there is more to do. */
static bool list_step(void *userdata)
{
    DomainList *list = userdata;
    gint64 end = g_get_monotonic_time() + SLICE_USEC;
    while (!list->reply.error && list->next < list->uuids->len) {
        append_domain(list);
        if (g_get_monotonic_time() >= end)
            return true;
    }
    list_send(list);
    return false;
}

static DomainList *list_new(Request *request, Host *host)
{
    DomainList *list = g_new0(DomainList, 1);
    *list = (DomainList){.request = request, .host = host};
    host->calls++;
    list->uuids =
        g_array_sized_new(FALSE, FALSE, sizeof(Uuid), g_hash_table_size(host->inventory->domains));
    return list;
}

static void add_domain(DomainList *list, const Domain *domain)
{
    g_array_append_val(list->uuids, domain->uuid);
}

static void add_all(DomainList *list)
{
    GHashTableIter iter;
    const Domain *domain;
    g_hash_table_iter_init(&iter, list->host->inventory->domains);
    while ((domain = inventory_next(&iter)))
        add_domain(list, domain);
}

static void list_begin(DomainList *list, const char *contents)
{
    BulkQueue *queue = list->request->server->bulk_queue;
    list->reply = request_reply(list->request);
    writer_open(&list->reply, 'a', contents);
    if (list_step(list))
        bulk_queue_run(queue, list_step, list_free, list);
    else
        list_free(list);
}

/* ---- ListDomains ---- */

static const char *const usual_columns[] = {"name", "uuid", "state", "active", NULL};

static const char *const *column_names(const Options *options)
{
    return options->columns ? (const char *const *)options->columns : usual_columns;
}

static bool check_columns(const char *const *names, GError **error)
{
    guint count = g_strv_length((char **)names);
    if (count > MAX_COLUMNS) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "Option columns: %u are too many; %d is the limit.", count, MAX_COLUMNS);
        return false;
    }
    for (guint i = 1; i < count; i++) {
        for (guint j = 0; j < i; j++) {
            if (strcmp(names[i], names[j]) == 0) {
                g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                            "Option columns: \"%s\" is given twice.", names[i]);
                return false;
            }
        }
    }
    return true;
}

/* Properties are known here. */
static void select_properties(DomainList *list)
{
    for (const char *const *name = column_names(&list->options); *name; name++) {
        int column = domain_column(*name);
        if (column >= 0)
            list->columns[list->count++] = column;
    }
}

/* The other columns: array of KeyColumn. */
static GPtrArray *select_keys(const Options *options, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)key_column_free);
    const char *const *names = column_names(options);
    if (!check_columns(names, error))
        return NULL;
    for (; *names; names++) {
        KeyColumn *key =
            domain_column(*names) < 0 ? key_column_new("Option columns", *names, error) : NULL;
        if (key)
            g_ptr_array_add(keys, key);
        else if (domain_column(*names) < 0)
            return NULL;
    }
    return g_steal_pointer(&keys);
}

static DomainFilter filter_of(const Options *options)
{
    return (DomainFilter){.pattern = options->name, .active = options->active};
}

static void append_row(DomainList *list, const Domain *domain, const char *path)
{
    Writer *reply = &list->reply;
    DomainFilter filter = filter_of(&list->options);
    if (!domain_filter_fits(&filter, domain))
        return;
    writer_open(reply, 'r', "oa{sv}");
    writer_basic(reply, 'o', path);
    writer_open(reply, 'a', "{sv}");
    for (int i = 0; i < list->count; i++)
        domain_append_column(reply, domain, list->columns[i]);
    if (list->keys)
        wire_append_entries(reply,
                            g_array_index(list->keys->rows, ColumnsRow, list->next - 1).values);
    writer_close(reply);
    writer_close(reply);
}

/* Takes what is in the options. */
static void write_rows(DomainList *list, Options *options)
{
    list->options = *options;
    *options = (Options){0};
    list->append = append_row;
    select_properties(list);
    list_begin(list, "(oa{sv})");
}

static void on_keys_read(Request *request, Host *host, Operation *operation)
{
    DomainList *list = list_new(request, host);
    list->keys = (ColumnsOperation *)operation_ref(operation);
    columns_operation_keep(list->keys, host->inventory);
    for (guint i = 0; i < list->keys->rows->len; i++)
        g_array_append_val(list->uuids, g_array_index(list->keys->rows, ColumnsRow, i).uuid);
    write_rows(list, &operation->options);
}

bool domain_list_answer(Request *request, Host *host, Options *options, GError **error)
{
    DomainFilter filter = filter_of(options);
    g_autoptr(GPtrArray) keys =
        domain_filter_check(&filter, error) ? select_keys(options, error) : NULL;
    if (!keys)
        return false;
    g_autoptr(GPtrArray) domains = domain_filter_select(&filter, host);
    if (keys->len > 0) {
        ColumnsOperation *operation = columns_operation_new(g_steal_pointer(&keys));
        operation->base.options = *options;
        *options = (Options){0};
        columns_operation_share(operation);
        for (guint i = 0; i < domains->len; i++)
            columns_operation_add(operation, domains->pdata[i]);
        return call_then(request, host, NULL, &operation->base, on_keys_read, error);
    }
    DomainList *list = list_new(request, host);
    for (guint i = 0; i < domains->len; i++)
        add_domain(list, domains->pdata[i]);
    write_rows(list, options);
    return true;
}

/* ---- GetManagedObjects ---- */

static void append_interface(Writer *reply, const char *name, const Domain *domain)
{
    writer_open(reply, 'e', "sa{sv}");
    writer_basic(reply, 's', name);
    writer_open(reply, 'a', "{sv}");
    if (domain)
        domain_append_properties(reply, domain);
    writer_close(reply);
    writer_close(reply);
}

/* The same as sd-bus would answer, which leaves Revision out: no signal carries it. */
static void append_object(DomainList *list, const Domain *domain, const char *path)
{
    static const char *const bare[] = {
        "org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Introspectable",
        "org.freedesktop.DBus.Properties", DOMWRIGHT_CONFIG_INTERFACE};
    Writer *reply = &list->reply;
    writer_open(reply, 'e', "oa{sa{sv}}");
    writer_basic(reply, 'o', path);
    writer_open(reply, 'a', "{sa{sv}}");
    for (gsize i = 0; i < G_N_ELEMENTS(bare); i++)
        append_interface(reply, bare[i], NULL);
    append_interface(reply, DOMWRIGHT_DOMAIN_INTERFACE, domain);
    writer_close(reply);
    writer_close(reply);
}

bool domain_list_is_long(const Request *request)
{
    const Host *host =
        object_tree_host_of(request->server, sd_bus_message_get_path(request->message));
    return host && g_hash_table_size(host->inventory->domains) >= MANY_DOMAINS;
}

bool domain_list_step(Request *request, void *data)
{
    sd_bus_message *message = request->message;
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.ObjectManager",
                                      "GetManagedObjects") <= 0 ||
        !sd_bus_message_has_signature(message, ""))
        return false;
    Host *host = object_tree_host(request->server, sd_bus_message_get_path(message));
    if (!host || g_hash_table_size(host->inventory->domains) < MANY_DOMAINS)
        return false;
    if (!request_begin(request))
        return true;
    DomainList *list = list_new(request, host);
    add_all(list);
    list->append = append_object;
    list_begin(list, "{oa{sa{sv}}}");
    return true;
}
