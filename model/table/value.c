/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed values and ordered dictionaries of them. Knows no keys. */
#include <string.h>

#include <domwright/model.h>

typedef struct {
    char *key;
    DwValue value;
} Setting;

struct DwSettings {
    GArray *items;     /* of Setting */
    GHashTable *index; /* key -> position + 1; made once there are more than a few */
};

/* From here on a table is faster than looking at each. */
#define INDEX_FROM 12

DwValue dw_value_bool(bool b)
{
    return (DwValue){.type = DW_VALUE_BOOL, .b = b};
}

DwValue dw_value_uint(uint32_t u)
{
    return (DwValue){.type = DW_VALUE_UINT, .u = u};
}

DwValue dw_value_uint64(uint64_t u)
{
    return (DwValue){.type = DW_VALUE_UINT64, .u = u};
}

DwValue dw_value_int64(int64_t i)
{
    return (DwValue){.type = DW_VALUE_INT64, .i = i};
}

DwValue dw_value_string(const char *s)
{
    return (DwValue){.type = DW_VALUE_STRING, .s = g_strdup(s)};
}

DwValue dw_value_strings(const char *const *v)
{
    return (DwValue){.type = DW_VALUE_STRINGS, .v = g_strdupv((char **)v)};
}

DwValue dw_value_copy(const DwValue *value)
{
    if (value->type == DW_VALUE_STRING)
        return dw_value_string(value->s);
    if (value->type == DW_VALUE_STRINGS)
        return dw_value_strings((const char *const *)value->v);
    return *value;
}

bool dw_value_equal(const DwValue *a, const DwValue *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case DW_VALUE_BOOL:
        return a->b == b->b;
    case DW_VALUE_STRING:
        return strcmp(a->s, b->s) == 0;
    case DW_VALUE_STRINGS:
        return g_strv_equal((const char *const *)a->v, (const char *const *)b->v);
    default:
        return a->u == b->u;
    }
}

char *dw_value_to_text(const DwValue *value)
{
    switch (value->type) {
    case DW_VALUE_BOOL:
        return g_strdup(value->b ? "yes" : "no");
    case DW_VALUE_STRING:
        return g_strdup(value->s);
    case DW_VALUE_STRINGS:
        return g_strjoinv(",", value->v);
    case DW_VALUE_INT:
    case DW_VALUE_INT64:
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)value->i);
    default:
        return g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)value->u);
    }
}

void dw_value_clear(DwValue *value)
{
    if (value->type == DW_VALUE_STRING)
        g_free(value->s);
    if (value->type == DW_VALUE_STRINGS)
        g_strfreev(value->v);
    *value = (DwValue){.type = DW_VALUE_BOOL};
}

static void setting_clear(gpointer data)
{
    Setting *setting = data;

    g_free(setting->key);
    dw_value_clear(&setting->value);
}

DwSettings *dw_settings_new(void)
{
    DwSettings *settings = g_new0(DwSettings, 1);

    settings->items = g_array_new(false, false, sizeof(Setting));
    g_array_set_clear_func(settings->items, setting_clear);
    return settings;
}

void dw_settings_free(DwSettings *settings)
{
    if (!settings)
        return;
    if (settings->index)
        g_hash_table_unref(settings->index);
    g_array_unref(settings->items);
    g_free(settings);
}

static Setting *item(const DwSettings *settings, size_t index)
{
    return &g_array_index(settings->items, Setting, index);
}

static void index_add(DwSettings *settings, size_t position)
{
    g_hash_table_insert(settings->index, item(settings, position)->key,
                        GSIZE_TO_POINTER(position + 1));
}

static Setting *find(const DwSettings *settings, const char *key)
{
    if (settings->index) {
        size_t position = GPOINTER_TO_SIZE(g_hash_table_lookup(settings->index, key));
        return position ? item(settings, position - 1) : NULL;
    }
    for (guint i = 0; i < settings->items->len; i++)
        if (strcmp(item(settings, i)->key, key) == 0)
            return item(settings, i);
    return NULL;
}

static void append(DwSettings *settings, const char *key, DwValue value)
{
    Setting setting = {.key = g_strdup(key), .value = value};

    g_array_append_val(settings->items, setting);
    if (settings->index) {
        index_add(settings, settings->items->len - 1);
    } else if (settings->items->len >= INDEX_FROM) {
        settings->index = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < settings->items->len; i++)
            index_add(settings, i);
    }
}

bool dw_settings_add(DwSettings *settings, const char *key, DwValue value, GError **error)
{
    if (find(settings, key)) {
        dw_value_clear(&value);
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE, "Key \"%s\" is given twice.", key);
        return false;
    }
    append(settings, key, value);
    return true;
}

void dw_settings_put(DwSettings *settings, const char *key, DwValue value)
{
    Setting *there = find(settings, key);

    if (!there) {
        append(settings, key, value);
        return;
    }
    dw_value_clear(&there->value);
    there->value = value;
}

DwSettings *dw_settings_copy(const DwSettings *settings)
{
    DwSettings *copy = dw_settings_new();

    for (guint i = 0; i < settings->items->len; i++)
        append(copy, item(settings, i)->key, dw_value_copy(&item(settings, i)->value));
    return copy;
}

const DwValue *dw_settings_get(const DwSettings *settings, const char *key)
{
    Setting *there = find(settings, key);

    return there ? &there->value : NULL;
}

size_t dw_settings_count(const DwSettings *settings)
{
    return settings->items->len;
}

const char *dw_settings_key(const DwSettings *settings, size_t index)
{
    return item(settings, index)->key;
}

const DwValue *dw_settings_value(const DwSettings *settings, size_t index)
{
    return &item(settings, index)->value;
}

void dw_device_free(DwDevice *device)
{
    if (!device)
        return;
    g_free(device->kind);
    g_free(device->id);
    dw_settings_free(device->properties);
    g_free(device);
}
