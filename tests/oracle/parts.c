/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains as keys and values, and what to try for a key. */
#include "parts.h"

#include <string.h>

void part_free(void *data)
{
    Part *part = data;

    g_free(part->kind);
    g_ptr_array_unref(part->keys);
    g_ptr_array_unref(part->values);
    g_free(part);
}

Part *part_new(const char *kind)
{
    Part *part = g_new0(Part, 1);

    part->kind = g_strdup(kind);
    part->keys = g_ptr_array_new_with_free_func(g_free);
    part->values = g_ptr_array_new_with_free_func(g_free);
    return part;
}

void part_set(Part *part, const char *key, const char *value)
{
    for (guint i = 0; i < part->keys->len; i++)
        if (strcmp(part->keys->pdata[i], key) == 0)
            return;
    g_ptr_array_add(part->keys, g_strdup(key));
    g_ptr_array_add(part->values, g_strdup(value));
}

void part_replace(Part *part, const char *key, const char *value)
{
    for (guint i = 0; i < part->keys->len; i++) {
        if (strcmp(part->keys->pdata[i], key) != 0)
            continue;
        g_free(part->values->pdata[i]);
        part->values->pdata[i] = g_strdup(value);
        return;
    }
    part_set(part, key, value);
}

void part_remove(Part *part, guint index)
{
    g_ptr_array_remove_index(part->keys, index);
    g_ptr_array_remove_index(part->values, index);
}

Part *part_copy(const Part *part)
{
    Part *copy = part_new(part->kind);

    for (guint i = 0; i < part->keys->len; i++)
        part_set(copy, part->keys->pdata[i], part->values->pdata[i]);
    copy->fixed = part->fixed;
    return copy;
}

DwSettings *part_settings(const Part *part)
{
    DwSettings *settings = dw_settings_new();

    for (guint i = 0; i < part->keys->len; i++)
        dw_settings_put(settings, part->keys->pdata[i], dw_value_string(part->values->pdata[i]));
    return settings;
}

guint below(GRand *rand, guint n)
{
    return (guint)g_rand_int_range(rand, 0, (gint32)n);
}

/* What free text has to look like, by the end of the key. */
static const struct {
    const char *ending, *value;
} texts[] = {
    {"mac.address", "52:54:00:12:34:56"},
    {"source.network", "default"},
    {"source.bridge", "br0"},
    {"source.dev", "/dev/null"},
    {"source.file", "/srv/a.raw"},
    {"source.path", "/srv/a.sock"},
    {"source.dir", "/srv"},
    {"target.dir", "share"},
    {"target.dev", "vda"},
    {"alias", "ua-a"},
    {"source.address", "0000:03:00.0"},
    {"address", "127.0.0.1"},
    {"mac", "52:54:00:12:34:56"},
    {"cpuset", "0"},
    {"cpus", "0"},
    {"nodeset", "0"},
    {"nodemask", "0"},
    {"source.host", "127.0.0.1"},
    {"source.service", "4000"},
    {"uuid", "11111111-2222-3333-4444-555555555555"},
    {"source.vendor", "0x1234"},
    {"source.product", "0x1"},
    {"model.type", "virtio"},
    {"driver.name", "qemu"},
    {"target.name", "org.example.0"},
    {"keymap", "de"},
    {"passwd", "secret"},
    {"wwn", "5000c50015ea71ac"},
};

static const char *make_text(const DwKey *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (g_str_has_suffix(key->key, texts[i].ending))
            return texts[i].value;
    return strcmp(key->form, "path") == 0 ? "/srv/file" : "word";
}

char *make_value(GRand *rand, const DwKey *key)
{
    if (key->values[0])
        return g_strdup(key->values[below(rand, g_strv_length(key->values))]);
    if (strcmp(key->type, "b") == 0)
        return g_strdup(below(rand, 2) ? "yes" : "no");
    if (strcmp(key->form, "size") == 0)
        return g_strdup("64MiB");
    if (strcmp(key->type, "u") == 0 || strcmp(key->type, "t") == 0 || strcmp(key->type, "i") == 0)
        return g_strdup_printf("%u", (unsigned)key->min + below(rand, 5));
    return g_strdup(make_text(key));
}

/* Of a key with a sign the limits are signed. */
static bool is_within(const DwKey *key, uint64_t number)
{
    if (*key->type == 'i')
        return (int64_t)number >= (int64_t)key->min &&
               (!key->max || (int64_t)number <= (int64_t)key->max);
    return number >= key->min && (!key->max || number <= key->max);
}

static char **make_numbers(const DwKey *key)
{
    const uint64_t numbers[] = {key->min, key->min + 1, 3, 64, 70000, key->max};
    g_autoptr(GPtrArray) values = g_ptr_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        bool is_first = true;

        for (size_t j = 0; j < i; j++)
            is_first &= numbers[j] != numbers[i];
        if (is_first && is_within(key, numbers[i]))
            g_ptr_array_add(values, *key->type == 'i'
                                        ? g_strdup_printf("%" G_GINT64_FORMAT, (gint64)numbers[i])
                                        : g_strdup_printf("%" G_GUINT64_FORMAT, numbers[i]));
    }
    g_ptr_array_add(values, NULL);
    return (char **)g_ptr_array_steal(values, NULL);
}

char **make_values(const DwKey *key)
{
    const char *words[] = {NULL, NULL, NULL};

    if (key->values[0])
        return g_strdupv(key->values);
    if (strcmp(key->form, "size") != 0 && strchr("uti", key->type[0]))
        return make_numbers(key);
    if (strcmp(key->type, "b") == 0) {
        words[0] = "yes";
        words[1] = "no";
    } else if (strcmp(key->form, "size") == 0) {
        words[0] = "64MiB";
        words[1] = "4096";
    } else {
        words[0] = make_text(key);
    }
    return g_strdupv((char **)words);
}

char *key_instance(const DwKey *key)
{
    GString *name = g_string_new(key->key);

    for (char *at; (at = strstr(name->str, ".NAME"));) {
        g_string_erase(name, at - name->str, strlen(".NAME"));
        g_string_insert(name, at - name->str, ".vmx");
    }
    for (char *at; (at = strstr(name->str, ".N"));)
        at[1] = '1';
    return g_string_free(name, FALSE);
}

DwDocument *parts_build(const GPtrArray *parts, const DwHost *host)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(DwSettings) settings = part_settings(parts->pdata[0]);

    for (guint i = 1; i < parts->len; i++) {
        DwDevice *device = g_new0(DwDevice, 1);

        device->kind = g_strdup(((Part *)parts->pdata[i])->kind);
        device->id = g_strdup("");
        device->properties = part_settings(parts->pdata[i]);
        g_ptr_array_add(devices, device);
    }
    return dw_build(settings, devices, NULL, DW_APPLY_UNCHECKED, host, NULL, NULL);
}
