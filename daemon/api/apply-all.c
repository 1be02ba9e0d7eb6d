/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Host.ApplyAll: its arguments, and the domains that its filter selects. Where the filter has keys
 * an operation reads them first; then group.c changes those that fit. Main thread.
 */
#include "api/apply-all.h"

#include <string.h>

#include "api/domain-filter.h"
#include "base/error.h"
#include "bus/wire.h"
#include "calls/call.h"
#include "calls/group.h"
#include "operations/reads/columns.h"

#define MAX_DOMAINS 1000
#define OPTIONS     "dry-run diff affect expected stop-on-error timeout force keep cascade"

/* One call, until its domains are known. */
typedef struct {
    GroupChange change;
    DomainFilter filter;
    char *pattern; /* of filter */
    GArray *uuids; /* of filter */
    ValueFilter *values;
} ApplyAll;

static void apply_all_free(void *data)
{
    ApplyAll *all = data;
    if (!all)
        return;
    group_change_clear(&all->change);
    g_free(all->pattern);
    g_clear_pointer(&all->uuids, g_array_unref);
    value_filter_free(all->values);
    g_free(all);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApplyAll, apply_all_free)

/* ---- Arguments ---- */

static bool refuse_type(const char *name, const char *type, GError **error)
{
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "The filter: \"%s\" has to be %s.", name,
                type);
    return false;
}

static bool parse_uuid(const char *where, const char *text, Uuid *ret_uuid, GError **error)
{
    if (uuid_parse(text, ret_uuid))
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "%s: \"%.64s\" is no UUID.", where, text);
    return false;
}

/* Each of them has to be there: who names domains wants to know of one that is gone. */
static bool take_uuids(ApplyAll *all, const Host *host, char **texts, GError **error)
{
    all->uuids = g_array_new(FALSE, FALSE, sizeof(Uuid));
    all->filter.uuids = all->uuids;
    for (char **text = texts; *text; text++) {
        Uuid uuid;
        if (!parse_uuid("The filter", *text, &uuid, error))
            return false;
        if (!inventory_find(host->inventory, &uuid)) {
            g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND,
                        "The filter: there is no domain of uuid %s.", *text);
            return false;
        }
        g_array_append_val(all->uuids, uuid);
    }
    return true;
}

static bool take_filter(ApplyAll *all, const Host *host, const char *name, const DwValue *value,
                        GError **error)
{
    if (strcmp(name, "name") == 0) {
        if (value->type != DW_VALUE_STRING)
            return refuse_type(name, "a string (s)", error);
        all->filter.pattern = all->pattern = g_strdup(value->s);
        return domain_filter_check(&all->filter, error);
    }
    if (strcmp(name, "active") == 0) {
        if (value->type != DW_VALUE_BOOL)
            return refuse_type(name, "a boolean (b)", error);
        all->filter.active = value->b ? CHOICE_YES : CHOICE_NO;
        return true;
    }
    if (strcmp(name, "uuid") == 0) {
        if (value->type != DW_VALUE_STRINGS)
            return refuse_type(name, "an array of strings (as)", error);
        return take_uuids(all, host, value->v, error);
    }
    return value_filter_add(all->values, name, value, error);
}

/* All domains have to be asked for in so many words. */
static bool read_filter(Request *request, const Host *host, ApplyAll *all, GError **error)
{
    g_autoptr(DwSettings) filter = NULL;
    if (!wire_read_settings(request->message, &filter, error))
        return false;
    if (dw_settings_count(filter) == 0) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "The filter is empty; name=\"*\" selects all domains.");
        return false;
    }
    all->values = value_filter_new();
    for (size_t i = 0; i < dw_settings_count(filter); i++)
        if (!take_filter(all, host, dw_settings_key(filter, i), dw_settings_value(filter, i),
                         error))
            return false;
    return true;
}

/* By uuids as they are spelt here. */
static bool take_expected(GroupChange *change, GError **error)
{
    const DwSettings *given = change->options.expected;
    if (!given)
        return true;
    change->expected = dw_settings_new();
    for (size_t i = 0; i < dw_settings_count(given); i++) {
        Uuid uuid;
        char text[UUID_TEXT];
        if (!parse_uuid("Option expected", dw_settings_key(given, i), &uuid, error))
            return false;
        uuid_format(&uuid, text);
        dw_settings_put(change->expected, text, dw_value_copy(dw_settings_value(given, i)));
    }
    return true;
}

static ApplyAll *read_arguments(Request *request, const Host *host, GError **error)
{
    g_autoptr(ApplyAll) all = g_new0(ApplyAll, 1);
    GroupChange *change = &all->change;
    if (!read_filter(request, host, all, error) ||
        !wire_read_edits(request->message, &change->edits, error) ||
        !options_read(request->message, OPTIONS, &change->options, error) ||
        !options_affect(&change->options, &change->affect, error) || !take_expected(change, error))
        return NULL;
    return g_steal_pointer(&all);
}

/* ---- Domains ---- */

static bool begin(Request *request, Host *host, const ApplyAll *all, const GPtrArray *domains,
                  GError **error)
{
    if (domains->len > MAX_DOMAINS) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "The filter selects %u domains; at most %d are changed at once.", domains->len,
                    MAX_DOMAINS);
        return false;
    }
    group_begin(request, host, domains, &all->change);
    return true;
}

static void on_values_read(Request *request, Host *host, Operation *operation)
{
    const ColumnsOperation *columns = (const ColumnsOperation *)operation;
    const ApplyAll *all = columns->context;
    GError *error = NULL;
    g_autoptr(GPtrArray) fitting = g_ptr_array_new();
    for (guint i = 0; i < columns->rows->len; i++) {
        const ColumnsRow *row = &g_array_index(columns->rows, ColumnsRow, i);
        Domain *domain = inventory_find(host->inventory, &row->uuid);
        if (domain && row->values && value_filter_fits(all->values, row->values))
            g_ptr_array_add(fitting, domain);
    }
    if (!begin(request, host, all, fitting, &error))
        request_fail(request, error);
}

/* Takes all. */
static bool read_values(Request *request, Host *host, ApplyAll *all, const GPtrArray *domains,
                        GError **error)
{
    ColumnsOperation *operation = columns_operation_new(g_ptr_array_ref(all->values->columns));
    operation->context = all;
    operation->context_free = apply_all_free;
    for (guint i = 0; i < domains->len; i++)
        columns_operation_add(operation, domains->pdata[i]);
    return call_then(request, host, NULL, &operation->base, on_values_read, error);
}

bool apply_all_answer(Request *request, Host *host, GError **error)
{
    g_autoptr(ApplyAll) all = read_arguments(request, host, error);
    if (!all || !host_queue_check(host->queue, error))
        return false;
    g_autoptr(GPtrArray) domains = domain_filter_select(&all->filter, host);
    if (all->values->columns->len == 0)
        return begin(request, host, all, domains, error);
    return read_values(request, host, g_steal_pointer(&all), domains, error);
}
