/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration file: what it may say, and taking it up whole or not at all. */
#include <domwright/model.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "config/configuration.h"

typedef bool (*ReadKey)(Configuration *next, const char *key, const char *value, GError **error);

static bool read_host(Configuration *next, const char *key, const char *value, GError **error)
{
    return configuration_add_host(next->hosts, key, value, error);
}

static bool read_policy(Configuration *next, const char *key, const char *value, GError **error)
{
    if (strcmp(key, "image-directories") != 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "Unknown key %s in [policy]; there is image-directories.", key);
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

typedef struct {
    const char *key;
    gsize offset; /* of a uint64_t in the section's struct */
    uint64_t most;
} NumberKey;

/* other: a key that is no number, or NULL. */
static bool read_number(const NumberKey *numbers, gsize count, const char *other, void *section,
                        const char *name, const char *key, const char *value, GError **error)
{
    for (gsize i = 0; i < count; i++) {
        if (strcmp(key, numbers[i].key) != 0)
            continue;
        if (parse_size(value, numbers[i].most, (uint64_t *)((char *)section + numbers[i].offset)))
            return true;
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "%s=%s: a number from 1 to %" G_GUINT64_FORMAT
                    " is needed; K, M and G stand for powers of 1024.",
                    key, value, numbers[i].most);
        return false;
    }
    g_autoptr(GString) known = g_string_new(other);
    for (gsize i = 0; i < count; i++)
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", numbers[i].key);
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Unknown key %s in [%s]; there are %s.",
                key, name, known->str);
    return false;
}

static bool read_limit(Configuration *next, const char *key, const char *value, GError **error)
{
    static const NumberKey numbers[] = {
        {"drafts-per-user", offsetof(Limits, drafts_per_user), 1024},
        {"draft-bytes-per-user", offsetof(Limits, draft_bytes_per_user), UINT32_MAX},
        {"draft-bytes", offsetof(Limits, draft_bytes), UINT32_MAX},
        {"calls-per-user", offsetof(Limits, calls_per_user), 256},
    };
    return read_number(numbers, G_N_ELEMENTS(numbers), NULL, &next->limits, "limits", key, value,
                       error);
}

static bool read_mode(const char *value, bool *ret_required, GError **error)
{
    bool required = strcmp(value, "required") == 0;
    if (required || strcmp(value, "best-effort") == 0) {
        *ret_required = required;
        return true;
    }
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                "mode=%s: Section [history] takes required or best-effort.", value);
    return false;
}

static bool read_history(Configuration *next, const char *key, const char *value, GError **error)
{
    static const NumberKey numbers[] = {
        {"entries", offsetof(HistorySettings, entries), 10000},
        {"days", offsetof(HistorySettings, days), 36500},
        {"domain-bytes", offsetof(HistorySettings, domain_bytes), UINT32_MAX},
        {"total-bytes", offsetof(HistorySettings, total_bytes), UINT64_C(1) << 40},
    };
    if (strcmp(key, "mode") == 0)
        return read_mode(value, &next->history.required, error);
    return read_number(numbers, G_N_ELEMENTS(numbers), "mode", &next->history, "history", key,
                       value, error);
}

static const struct {
    const char *name;
    ReadKey read;
} sections[] = {
    {"hosts", read_host},
    {"policy", read_policy},
    {"limits", read_limit},
    {"history", read_history},
};

/* Takes the error. */
static void add_mistake(GString *mistakes, const Configuration *configuration, GError *error)
{
    g_string_append_printf(mistakes, "%s%s: %s", mistakes->len > 0 ? "\n" : "", configuration->file,
                           error->message);
    g_error_free(error);
}

static void read_keys(const Configuration *configuration, GKeyFile *file, const char *name,
                      ReadKey read, Configuration *next, GString *mistakes)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, name, NULL, NULL);
    for (char **key = keys; key && *key; key++) {
        GError *error = NULL;
        g_autofree char *value = g_key_file_get_string(file, name, *key, NULL);
        if (!read(next, *key, value ? value : "", &error))
            add_mistake(mistakes, configuration, error);
    }
}

static void read_section(const Configuration *configuration, GKeyFile *file, const char *name,
                         Configuration *next, GString *mistakes)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++) {
        if (strcmp(name, sections[i].name) != 0)
            continue;
        read_keys(configuration, file, name, sections[i].read, next, mistakes);
        return;
    }
    g_autoptr(GString) known = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++)
        g_string_append_printf(known, "%s[%s]", i > 0 ? ", " : "", sections[i].name);
    add_mistake(mistakes, configuration,
                g_error_new(DAEMON_ERROR, DAEMON_ERROR_FAILED,
                            "Unknown section [%s]; there are %s.", name, known->str));
}

/* All mistakes are told, a line each. */
static bool read_file(const Configuration *configuration, Configuration *next, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) failure = NULL;
    g_autoptr(GString) mistakes = g_string_new(NULL);
    if (!g_key_file_load_from_file(file, configuration->file, G_KEY_FILE_NONE, &failure)) {
        if (!configuration->file_required &&
            g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s: %s.", configuration->file,
                    failure->message);
        return false;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group; group++)
        read_section(configuration, file, *group, next, mistakes);
    if (mistakes->len > 0)
        g_set_error_literal(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, mistakes->str);
    return mistakes->len == 0;
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
    configuration->history = next->history;
    next->hosts = hosts;
    next->image_directories = directories;
    configuration_free(next);
    return true;
}
