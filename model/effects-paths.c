/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories of images, and whether a path lies in one: by their text alone. No file is ever
 * opened or looked at here.
 */
#include <string.h>

#include "effects.h"

static void image_directory_free(DwImageDirectory *directory)
{
    g_free(directory->path);
    g_free(directory);
}

bool path_is_plain(const char *path)
{
    const char *part = path;

    if (*path != '/' || !path[1])
        return false;
    while (*part == '/') {
        const char *end = strchrnul(++part, '/');
        size_t length = end - part;

        if (length == 0 || (length == 1 && *part == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part = end;
    }
    for (; *path; path++)
        if ((unsigned char)*path < ' ' || *path == 127)
            return false;
    return true;
}

/* Every percent sign begins one of "%n", "%u" and "%%". */
static bool has_known_escapes(const char *path)
{
    for (const char *p = strchr(path, '%'); p; p = strchr(p + 2, '%'))
        if (!p[1] || !strchr("nu%", p[1]))
            return false;
    return true;
}

GPtrArray *dw_image_directories_parse(const char *text, GError **error)
{
    g_autoptr(GPtrArray) directories =
        g_ptr_array_new_with_free_func((GDestroyNotify)image_directory_free);
    g_auto(GStrv) entries = g_strsplit(text, ";", -1);

    for (char **entry = entries; *entry; entry++) {
        g_autofree char *path = g_strdup(g_strstrip(*entry));
        bool readonly = g_str_has_suffix(path, ":ro");

        if (!*path)
            continue;
        if (readonly)
            path[strlen(path) - strlen(":ro")] = '\0';
        if (!text_is_valid(path) || !path_is_plain(path) || !has_known_escapes(path)) {
            g_set_error(
                error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "\"%.128s\" is no directory of images: it must be an absolute path without "
                "\".\", \"..\", \"//\" or a slash at its end, in which %%n, %%u and %%%% stand for "
                "the domain, the user and a percent sign.",
                text_is_valid(*entry) ? *entry : "");
            return NULL;
        }
        DwImageDirectory *directory = g_new0(DwImageDirectory, 1);
        directory->path = g_steal_pointer(&path);
        directory->readonly = readonly;
        g_ptr_array_add(directories, directory);
    }
    return g_steal_pointer(&directories);
}
