/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys of many domains, read one domain after the other. What is read is let go of at once and only
 * the values stay, so memory goes by the size of the answer, which is bounded, and by the documents
 * the inventory knows. One domain that cannot be understood has no values and is no reason to fail.
 * On a worker; constructor and columns_operation_add() on the main thread.
 */
#include "operations/reads/columns.h"

#include <string.h>

#include "base/error.h"

/* Of all values together, about. */
#define MAX_BYTES (16 * 1024 * 1024)
/* For a host of 10,000 domains none of which is known. */
#define COLUMNS_TIMEOUT (60 * OPERATION_SECOND)

/* ---- Columns ---- */

void key_column_free(KeyColumn *column)
{
    if (!column)
        return;
    g_free(column->name);
    g_free(column->kind);
    g_free(column->id);
    g_free(column->key);
    g_free(column);
}

/* KIND/ID/KEY; an id may have slashes, kinds and keys have none. */
static KeyColumn *split(const char *name)
{
    KeyColumn *column = g_new0(KeyColumn, 1);
    const char *first = strchr(name, '/');
    const char *last = strrchr(name, '/');
    column->name = g_strdup(name);
    if (first == last) {
        column->kind = g_strdup("");
        column->id = g_strdup("");
        column->key = g_strdup(name);
    } else {
        column->kind = g_strndup(name, first - name);
        column->id = g_strndup(first + 1, last - first - 1);
        column->key = g_strdup(last + 1);
    }
    return column;
}

KeyColumn *key_column_new(const char *where, const char *name, GError **error)
{
    g_autoptr(KeyColumn) column = split(name);
    g_autoptr(GError) failure = NULL;
    DwKey *row = dw_key_find(column->kind, column->key);
    if (!row) {
        g_autoptr(GPtrArray) rows = dw_keys_describe(column->kind, "", &failure);
        if (rows)
            dw_key_unknown(column->kind, column->key, &failure);
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "%s: \"%s\": %s", where, name,
                    failure->message);
        return NULL;
    }
    column->secret = row->secret;
    dw_key_free(row);
    return g_steal_pointer(&column);
}

/* ---- Values ---- */

static gsize size_of(const char *name, const DwValue *value)
{
    gsize size = strlen(name) + sizeof(DwValue);
    if (value->type == DW_VALUE_STRING)
        return size + strlen(value->s);
    for (char **text = value->type == DW_VALUE_STRINGS ? value->v : NULL; text && *text; text++)
        size += strlen(*text) + sizeof *text;
    return size;
}

static gsize put(DwSettings *values, const KeyColumn *column, DwValue value)
{
    gsize size = size_of(column->name, &value);
    dw_settings_put(values, column->name, value);
    return size;
}

static gsize take_setting(const DwDocument *document, const KeyColumn *column, DwSettings *values)
{
    const char *const keys[] = {column->key, NULL};
    g_autoptr(DwSettings) settings = dw_get_settings(document, keys, false, NULL);
    const DwValue *value = settings ? dw_settings_get(settings, column->key) : NULL;
    return value ? put(values, column, dw_value_copy(value)) : 0;
}

/* position: of the device among those of its kind, from 1. */
static bool is_wanted(const KeyColumn *column, const DwDevice *device, guint position)
{
    char number[16];
    if (strcmp(column->kind, "interface") == 0 ? g_ascii_strcasecmp(column->id, device->id) == 0
                                               : strcmp(column->id, device->id) == 0)
        return true;
    g_snprintf(number, sizeof number, "#%u", position);
    return strcmp(column->id, number) == 0;
}

static gsize take_from_one(const GPtrArray *devices, const KeyColumn *column, DwSettings *values)
{
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *value = is_wanted(column, device, i + 1)
                                   ? dw_settings_get(device->properties, column->key)
                                   : NULL;
        if (value)
            return put(values, column, dw_value_copy(value));
    }
    return 0;
}

static gsize take_from_all(const GPtrArray *devices, const KeyColumn *column, DwSettings *values)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *value = dw_settings_get(device->properties, column->key);
        g_autofree char *text = value ? dw_value_to_text(value) : NULL;
        if (text)
            g_strv_builder_add(builder, text);
    }
    g_auto(GStrv) texts = g_strv_builder_end(builder);
    return texts[0] ? put(values, column, dw_value_strings((const char *const *)texts)) : 0;
}

/* How long the values are. */
static gsize take_values(const GPtrArray *columns, const DwDocument *document, DwSettings *values)
{
    g_autoptr(GPtrArray) devices = NULL;
    const char *kind = NULL; /* of devices */
    gsize size = 0;
    for (guint i = 0; i < columns->len; i++) {
        const KeyColumn *column = columns->pdata[i];
        if (column->secret)
            continue;
        if (!*column->kind) {
            size += take_setting(document, column, values);
            continue;
        }
        if (g_strcmp0(kind, column->kind) != 0) {
            g_clear_pointer(&devices, g_ptr_array_unref);
            devices = dw_get_devices(document, column->kind, false, NULL);
            kind = column->kind;
        }
        if (devices)
            size += strcmp(column->id, "*") == 0 ? take_from_all(devices, column, values)
                                                 : take_from_one(devices, column, values);
    }
    return size;
}

/* ---- Running ---- */

/* A domain may have stopped since it was put into the row: then it has its configuration only. */
static char *read_text(const ColumnsRow *row, Virt *virt, GError **error)
{
    char uuid[UUID_TEXT];
    g_autoptr(GError) failure = NULL;
    uuid_format(&row->uuid, uuid);
    if (!row->live)
        return virt_domain_xml(virt, uuid, false, error);
    char *text = virt_domain_xml(virt, uuid, true, &failure);
    if (g_error_matches(failure, DW_ERROR, DW_ERROR_INVALID))
        return virt_domain_xml(virt, uuid, false, error);
    if (!text)
        g_propagate_error(error, g_steal_pointer(&failure));
    return text;
}

static void read_known(const ColumnsOperation *operation, ColumnsRow *row, Virt *virt,
                       GError **error)
{
    char revision[REVISION_TEXT];
    row->known = read_text(row, virt, error);
    if (!row->known || row->live || !operation->kept_as)
        return;
    revision_of(virt_uri(virt), row->known, strlen(row->known), revision);
    row->revision = revision_mark(revision);
}

/* False only where libvirt fails. */
static bool read_row(const ColumnsOperation *operation, ColumnsRow *row, Virt *virt, GError **error)
{
    GError *failure = NULL;
    if (row->kept)
        return true;
    if (!row->known)
        read_known(operation, row, virt, &failure);
    if (g_error_matches(failure, DW_ERROR, DW_ERROR_NOT_FOUND)) {
        g_error_free(failure);
        return true;
    }
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    row->values = dw_settings_new();
    g_autoptr(DwDocument) document = dw_document_parse(row->known, strlen(row->known), NULL);
    if (document)
        row->size = take_values(operation->columns, document, row->values);
    g_clear_pointer(&row->known, secret_text_free);
    return true;
}

static bool run(Operation *base, Task *task, Virt *virt, GError **error)
{
    ColumnsOperation *operation = (ColumnsOperation *)base;
    gsize total = 0;
    for (guint i = 0; i < operation->rows->len; i++) {
        ColumnsRow *row = &g_array_index(operation->rows, ColumnsRow, i);
        if (operation_is_unwanted(base) || task_is_abandoned(task)) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "The caller has left.");
            return false;
        }
        if (!read_row(operation, row, virt, error))
            return false;
        total += row->size;
        if (total > MAX_BYTES) {
            g_set_error(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED,
                        "The columns of %u domains are longer than %d MiB; select fewer domains "
                        "with option name or active, or fewer columns.",
                        operation->rows->len, MAX_BYTES / (1024 * 1024));
            return false;
        }
    }
    return true;
}

static void row_clear(void *data)
{
    ColumnsRow *row = data;
    secret_text_free(row->known);
    dw_settings_free(row->values);
}

static void clear(Operation *base)
{
    ColumnsOperation *operation = (ColumnsOperation *)base;
    g_ptr_array_unref(operation->columns);
    g_array_unref(operation->rows);
    g_free(operation->kept_as);
    if (operation->context)
        operation->context_free(operation->context);
}

static const OperationType columns_type = {
    .name = "columns",
    .size = sizeof(ColumnsOperation),
    .run = run,
    .clear = clear,
    .first = GRANT_READ,
    .timeout = COLUMNS_TIMEOUT,
};

ColumnsOperation *columns_operation_new(GPtrArray *columns)
{
    ColumnsOperation *operation = operation_new(&columns_type);
    operation->columns = columns;
    operation->rows = g_array_new(FALSE, TRUE, sizeof(ColumnsRow));
    g_array_set_clear_func(operation->rows, row_clear);
    return operation;
}

void columns_operation_share(ColumnsOperation *operation)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < operation->columns->len; i++) {
        const KeyColumn *column = operation->columns->pdata[i];
        g_string_append_printf(names, "%s\n", column->name);
    }
    operation->kept_as = g_string_free(names, FALSE);
}

static void take_kept(const ColumnsOperation *operation, const Domain *domain, ColumnsRow *row)
{
    const DwSettings *values = operation->kept_as
                                   ? value_cache_get(domain->inventory->values, operation->kept_as,
                                                     &domain->uuid, &domain->revision, &row->size)
                                   : NULL;
    row->kept = values != NULL;
    row->values = values ? dw_settings_copy(values) : NULL;
}

void columns_operation_add(ColumnsOperation *operation, const Domain *domain)
{
    ColumnsRow row = {.uuid = domain->uuid, .revision = domain->revision};
    row.live = operation->base.options.live && domain_active(domain);
    if (!row.live && domain->revision_known && !domain->doubtful) {
        take_kept(operation, domain, &row);
        if (!row.kept)
            row.known = g_strdup(document_cache_get(domain->inventory->documents, &domain->uuid));
    }
    g_array_append_val(operation->rows, row);
}

void columns_operation_keep(const ColumnsOperation *operation, const Inventory *inventory)
{
    for (guint i = 0; i < operation->rows->len; i++) {
        const ColumnsRow *row = &g_array_index(operation->rows, ColumnsRow, i);
        if (row->values && !row->live && !row->kept)
            value_cache_put(inventory->values, operation->kept_as, &row->uuid, &row->revision,
                            row->values, row->size);
    }
}
