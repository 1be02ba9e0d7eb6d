/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The storage of a clone: which is shared without a word, which has to be asked about, and what the
 * answers mean. Used by clone.c. */
#include <string.h>

#include "clone/clone.h"

static const char *const answers[] = {"share", "omit", "PATH", "POOL/VOLUME", NULL};

bool clone_storage(const DwSettings *settings, const char *prefix, const char **ret_key,
                   char **ret_value)
{
    static const char *const names[] = {"file", "dev", "dir", "volume", "name", "path", "address"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *key = g_strconcat(prefix, "source.", names[i], NULL);
        g_autofree char *pool_key = g_strconcat(prefix, "source.pool", NULL);
        g_autofree char *value = clone_text(settings, key);
        g_autofree char *pool = clone_text(settings, pool_key);
        if (!value)
            continue;
        *ret_key = g_intern_string(key);
        *ret_value = strcmp(names[i], "volume") == 0 && pool ? g_strconcat(pool, "/", value, NULL)
                                                             : g_steal_pointer(&value);
        return true;
    }
    return false;
}

static void put(CloneDevice *at, const char *key, const char *value)
{
    dw_settings_put(at->values, key, dw_value_string(value));
}

/* What is said of the chain is said of the other image. */
static void forget_chain(CloneDevice *at)
{
    const DwSettings *properties = at->device->properties;

    for (size_t i = 0; i < dw_settings_count(properties); i++) {
        const char *key = dw_settings_key(properties, i);
        if (!g_str_has_prefix(key, "backing.") || strcmp(key, "backing.none") == 0)
            continue;
        g_ptr_array_add(at->unset, (char *)"backing.*");
        return;
    }
}

static bool take_path(CloneDevice *at, const char *path)
{
    bool device = g_str_has_prefix(path, "/dev/");

    put(at, "type", device ? "block" : "file");
    put(at, device ? "source.dev" : "source.file", path);
    forget_chain(at);
    return true;
}

static bool take_volume(CloneDevice *at, const char *volume)
{
    const char *slash = strchr(volume, '/');
    g_autofree char *pool = g_strndup(volume, (gsize)(slash - volume));

    put(at, "type", "volume");
    put(at, "source.pool", pool);
    put(at, "source.volume", slash + 1);
    forget_chain(at);
    return true;
}

static bool is_volume(const char *answer)
{
    const char *slash = strchr(answer, '/');

    return slash && slash != answer && slash[1] && !strchr(slash + 1, '/');
}

static bool take_answer(CloneDevice *at, const char *answer, const char *storage, GError **error)
{
    const char *target = at->device->id;

    if (strcmp(answer, "share") == 0) {
        if (storage)
            clone_warn(at->clone, "clone.share", at->device, "", "",
                       "Both domains write to this disk: they must not run at the same time.");
        return true;
    }
    if (g_strcmp0(answer, storage) == 0) {
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Option disks: %s is what disk %s of %s has; say \"share\" if both are to use "
                    "it.",
                    answer, target, at->clone->source);
        return false;
    }
    if (*answer == '/')
        return take_path(at, answer);
    if (is_volume(answer))
        return take_volume(at, answer);
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Option disks: \"%.128s\" for disk %s is none of share, omit, an absolute path, "
                "POOL/VOLUME.",
                answer, target);
    return false;
}

static bool is_writable(const DwSettings *properties)
{
    return !dw_settings_get(properties, "readonly") && !dw_settings_get(properties, "shareable") &&
           !clone_says(properties, "device", "cdrom");
}

bool clone_disk_asks(const DwSettings *properties, const char **ret_key, char **ret_value)
{
    return is_writable(properties) && clone_storage(properties, "", ret_key, ret_value);
}

const char *clone_answer(const Clone *clone, const DwDevice *disk)
{
    const DwSettings *disks = clone->options->disks;
    const DwValue *answer = disks ? dw_settings_get(disks, disk->id) : NULL;

    return answer ? answer->s : NULL;
}

bool clone_disk(CloneDevice *at, GError **error)
{
    const DwSettings *properties = at->device->properties;
    const char *key, *answer = clone_answer(at->clone, at->device);
    g_autofree char *storage = NULL;
    bool asks = clone_disk_asks(properties, &key, &storage);

    if (answer)
        return take_answer(at, answer, storage, error);
    if (!asks)
        return true;
    g_autofree char *message = g_strdup_printf("Domain %s writes to %s; say what the clone gets: "
                                               "share (the same), omit, or a path or a volume "
                                               "in its place.",
                                               at->clone->source, storage);
    clone_ask(at->clone, "clone.disk", at->device, key, storage, answers, message);
    return true;
}
