/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at one domain after the other: even of 10,000 this takes a few milliseconds, because
 * patterns and values are few and short. Main thread. */
#include "api/domain-filter.h"

#include <fnmatch.h>
#include <string.h>

#include "operations/reads/columns.h"

/* Bytes. At each place of a name a set of characters is read anew: with 900,000 of them a name
 * alone would take half a second. */
#define MAX_PATTERN 512
/* Values that a domain has to have. */
#define MAX_VALUES 64

/* ---- What the inventory knows ---- */

bool domain_filter_check(const DomainFilter *filter, GError **error)
{
    if (!filter->pattern || strlen(filter->pattern) <= MAX_PATTERN)
        return true;
    g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                "The pattern of names has %zu bytes; %d is the limit.", strlen(filter->pattern),
                MAX_PATTERN);
    return false;
}

bool domain_filter_fits(const DomainFilter *filter, const Domain *domain)
{
    if (filter->active != CHOICE_ABSENT && domain_active(domain) != (filter->active == CHOICE_YES))
        return false;
    return !filter->pattern || fnmatch(filter->pattern, domain->name, 0) == 0;
}

static int by_name(const void *a, const void *b)
{
    const Domain *const *first = a, *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

static void add_named(const DomainFilter *filter, const Host *host, GPtrArray *domains)
{
    g_autoptr(GHashTable) added = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < filter->uuids->len; i++) {
        Domain *domain = inventory_find(host->inventory, &g_array_index(filter->uuids, Uuid, i));
        if (domain && domain_filter_fits(filter, domain) && g_hash_table_add(added, domain))
            g_ptr_array_add(domains, domain);
    }
}

static void add_fitting(const DomainFilter *filter, const Host *host, GPtrArray *domains)
{
    const GPtrArray *sorted = inventory_sorted(host->inventory);
    for (guint i = 0; i < sorted->len; i++) {
        Domain *domain = sorted->pdata[i];
        if (!domain->hidden && domain_filter_fits(filter, domain))
            g_ptr_array_add(domains, domain);
    }
}

GPtrArray *domain_filter_select(const DomainFilter *filter, const Host *host)
{
    GPtrArray *domains = g_ptr_array_new();
    if (filter->uuids) {
        add_named(filter, host, domains);
        g_ptr_array_sort(domains, by_name);
    } else {
        add_fitting(filter, host, domains);
    }
    return domains;
}

/* ---- Values of keys ---- */

static void value_clear(void *value)
{
    dw_value_clear(value);
}

ValueFilter *value_filter_new(void)
{
    ValueFilter *filter = g_new0(ValueFilter, 1);
    filter->columns = g_ptr_array_new_with_free_func((GDestroyNotify)key_column_free);
    filter->values = g_array_new(FALSE, FALSE, sizeof(DwValue));
    g_array_set_clear_func(filter->values, value_clear);
    return filter;
}

void value_filter_free(ValueFilter *filter)
{
    if (!filter)
        return;
    g_ptr_array_unref(filter->columns);
    g_array_unref(filter->values);
    g_free(filter);
}

bool value_filter_add(ValueFilter *filter, const char *name, const DwValue *value, GError **error)
{
    DwValue wanted;
    if (filter->columns->len >= MAX_VALUES) {
        g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                    "The filter: there are more than %d keys.", MAX_VALUES);
        return false;
    }
    KeyColumn *column = key_column_new("The filter", name, error);
    if (!column)
        return false;
    g_ptr_array_add(filter->columns, column);
    if (column->secret) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "The filter: \"%s\" is secret, so domains cannot be told apart by it.", name);
        return false;
    }
    if (!dw_key_value(column->kind, column->key, value, &wanted, error)) {
        g_prefix_error(error, "The filter: ");
        return false;
    }
    g_array_append_val(filter->values, wanted);
    return true;
}

/* An element that says yes by being there says no by not being there. */
static bool fits_absent(const KeyColumn *column, const DwValue *wanted)
{
    if (wanted->type != DW_VALUE_BOOL || wanted->b || strcmp(column->id, "*") == 0)
        return false;
    DwKey *key = dw_key_find(column->kind, column->key);
    bool fits = key && strcmp(key->form, "presence") == 0;
    dw_key_free(key);
    return fits;
}

/* Of all devices of a kind the values come as texts. */
static bool fits_one(const KeyColumn *column, const DwValue *value, const DwValue *wanted)
{
    if (!value)
        return fits_absent(column, wanted);
    if (strcmp(column->id, "*") != 0)
        return dw_value_equal(value, wanted);
    g_autofree char *text = dw_value_to_text(wanted);
    return g_strv_contains((const char *const *)value->v, text);
}

bool value_filter_fits(const ValueFilter *filter, const DwSettings *values)
{
    for (guint i = 0; i < filter->columns->len; i++) {
        const KeyColumn *column = filter->columns->pdata[i];
        if (!fits_one(column, dw_settings_get(values, column->name),
                      &g_array_index(filter->values, DwValue, i)))
            return false;
    }
    return true;
}
