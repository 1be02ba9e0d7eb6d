/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration file: what it may say, and taking it up whole or not at all. */
#include <domwright/model.h>
#include <errno.h>
#include <string.h>

#include "configuration.h"
#include "errors.h"

typedef bool (*ReadKey)(Configuration *next, const char *key, const char *value, GError **error);

static bool read_host(Configuration *next, const char *key, const char *value, GError **error)
{
    return configuration_add_host(next->hosts, key, value, error);
}

static bool read_policy(Configuration *next, const char *key, const char *value, GError **error)
{
    if (strcmp(key, "image-directories") != 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "unknown key %s in [policy]; there is image-directories", key);
        return false;
    }
    g_clear_pointer(&next->image_directories, g_ptr_array_unref);
    next->image_directories = dw_image_directories_parse(value, error);
    return next->image_directories != NULL;
}

/* A number, with K, M or G for powers of 1024. */
static bool parse_size(const char *text, uint64_t most, uint64_t *ret)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    uint64_t value = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    unsigned shift = unit ? 10 * (unit - units + 1) : 0;
    if (!g_ascii_isdigit(*text) || errno != 0 || (*end && (!unit || end[1])) ||
        value > most >> shift)
        return false;
    *ret = value << shift;
    return *ret > 0;
}

static const struct {
    const char *key;
    gsize offset;
    uint64_t most;
} limits[] = {
    {"drafts-per-user", offsetof(Limits, drafts_per_user), 1024},
    {"draft-bytes-per-user", offsetof(Limits, draft_bytes_per_user), UINT32_MAX},
    {"draft-bytes", offsetof(Limits, draft_bytes), UINT32_MAX},
    {"calls-per-user", offsetof(Limits, calls_per_user), 256},
};

static bool read_limit(Configuration *next, const char *key, const char *value, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (strcmp(key, limits[i].key) != 0)
            continue;
        uint64_t *limit = (uint64_t *)((char *)&next->limits + limits[i].offset);
        if (parse_size(value, limits[i].most, limit))
            return true;
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "%s=%s: a number from 1 to %" G_GUINT64_FORMAT
                    " is needed; K, M and G stand for powers of 1024",
                    key, value, limits[i].most);
        return false;
    }
    g_autoptr(GString) known = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", limits[i].key);
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                "unknown key %s in [limits]; there are %s", key, known->str);
    return false;
}

static const struct {
    const char *name;
    ReadKey read;
} sections[] = {
    {"hosts", read_host},
    {"policy", read_policy},
    {"limits", read_limit},
};

static bool read_section(GKeyFile *file, const char *name, Configuration *next, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++) {
        if (strcmp(name, sections[i].name) != 0)
            continue;
        g_auto(GStrv) keys = g_key_file_get_keys(file, name, NULL, NULL);
        for (char **key = keys; key && *key; key++) {
            g_autofree char *value = g_key_file_get_string(file, name, *key, NULL);
            if (!sections[i].read(next, *key, value ? value : "", error))
                return false;
        }
        return true;
    }
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "unknown section [%s]", name);
    return false;
}

static bool read_file(const Configuration *configuration, Configuration *next, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) failure = NULL;
    if (!g_key_file_load_from_file(file, configuration->file, G_KEY_FILE_NONE, &failure)) {
        if (!configuration->file_required &&
            g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s: %s", configuration->file,
                    failure->message);
        return false;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group; group++) {
        if (!read_section(file, *group, next, error)) {
            g_prefix_error(error, "%s: ", configuration->file);
            return false;
        }
    }
    return true;
}

bool configuration_load(Configuration *configuration, GError **error)
{
    Configuration *next = configuration_new();
    if (!read_file(configuration, next, error)) {
        configuration_free(next);
        return false;
    }
    if (configuration->given->len > 0)
        g_ptr_array_set_size(next->hosts, 0);
    for (guint i = 0; i < configuration->given->len; i++) {
        const HostEntry *entry = configuration->given->pdata[i];
        configuration_add_host(next->hosts, entry->name, entry->uri, NULL);
    }
    if (next->hosts->len == 0)
        configuration_add_host(
            next->hosts, "local",
            configuration->bus == BUS_SYSTEM ? "qemu:///system" : "qemu:///session", NULL);
    GPtrArray *hosts = configuration->hosts, *directories = configuration->image_directories;
    configuration->hosts = next->hosts;
    configuration->image_directories = next->image_directories;
    configuration->limits = next->limits;
    next->hosts = hosts;
    next->image_directories = directories;
    configuration_free(next);
    return true;
}
