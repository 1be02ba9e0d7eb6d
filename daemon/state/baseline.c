/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file is a line with version, era, id, time and the length of each of the two texts that follow.
 * It is replaced as a whole; one that cannot be read counts as none.
 */
#include "state/baseline.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/error.h"

#define HEADER "domwright-baseline-1"

struct Baselines {
    gint references;
    char *directory, *era;
};

void baseline_clear(Baseline *baseline)
{
    g_clear_pointer(&baseline->config, g_free);
    g_clear_pointer(&baseline->live, g_free);
}

Baselines *baselines_new(const char *directory, const char *era)
{
    Baselines *baselines = g_new0(Baselines, 1);
    *baselines = (Baselines){1, g_strdup(directory), g_strdup(era)};
    return baselines;
}

Baselines *baselines_ref(Baselines *baselines)
{
    g_atomic_int_inc(&baselines->references);
    return baselines;
}

void baselines_unref(Baselines *baselines)
{
    if (!baselines || !g_atomic_int_dec_and_test(&baselines->references))
        return;
    g_free(baselines->directory);
    g_free(baselines->era);
    g_free(baselines);
}

static char *path_of(const Baselines *baselines, const char *uuid)
{
    return g_build_filename(baselines->directory, uuid, NULL);
}

static bool parse(const char *text, gsize size, const char *era, Baseline *ret_baseline)
{
    const char *end = memchr(text, '\n', size);
    g_autofree char *line = end ? g_strndup(text, end - text) : NULL;
    g_auto(GStrv) fields = line ? g_strsplit(line, " ", -1) : NULL;
    if (!fields || g_strv_length(fields) != 6 || strcmp(fields[0], HEADER) != 0 ||
        strcmp(fields[1], era) != 0)
        return false;
    uint64_t config = g_ascii_strtoull(fields[4], NULL, 10);
    uint64_t live = g_ascii_strtoull(fields[5], NULL, 10);
    gsize rest = size - (end + 1 - text);
    if (config > rest || live != rest - config)
        return false;
    *ret_baseline = (Baseline){
        .id = g_ascii_strtoll(fields[2], NULL, 10),
        .started_at = g_ascii_strtoull(fields[3], NULL, 10),
        .config = g_strndup(end + 1, config),
        .live = g_strndup(end + 1 + config, live),
    };
    return true;
}

bool baselines_get(const Baselines *baselines, const char *uuid, int32_t id, Baseline *ret_baseline)
{
    g_autofree char *path = path_of(baselines, uuid), *text = NULL;
    gsize size;
    *ret_baseline = (Baseline){0};
    if (!g_file_get_contents(path, &text, &size, NULL) ||
        !parse(text, size, baselines->era, ret_baseline))
        return false;
    if (ret_baseline->id == id)
        return true;
    baseline_clear(ret_baseline);
    return false;
}

bool baselines_add(const Baselines *baselines, const char *uuid, const Baseline *baseline,
                   GError **error)
{
    g_auto(Baseline) there = {0};
    if (baselines_get(baselines, uuid, baseline->id, &there))
        return true;
    if (g_mkdir_with_parents(baselines->directory, 0700) < 0) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Cannot make %s: %s.",
                    baselines->directory, g_strerror(errno));
        return false;
    }
    g_autofree char *path = path_of(baselines, uuid);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(
        text, HEADER " %s %" G_GINT32_FORMAT " %" G_GUINT64_FORMAT " %zu %zu\n%s%s", baselines->era,
        baseline->id, baseline->started_at, strlen(baseline->config), strlen(baseline->live),
        baseline->config, baseline->live);
    return file_write(path, text->str, text->len, error);
}

void baselines_remove(const Baselines *baselines, const char *uuid)
{
    g_autofree char *path = path_of(baselines, uuid);
    unlink(path);
}

void baselines_retain(const Baselines *baselines, GHashTable *uuids)
{
    g_autoptr(GDir) directory = g_dir_open(baselines->directory, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));)
        if (!g_hash_table_contains(uuids, name))
            baselines_remove(baselines, name);
}
