/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Image directories, and whether a path lies in one, by their text alone: no file is ever opened
 * here. Used by device.c and by the daemon's configuration.
 */
#include <string.h>

#include "effects/effects.h"

static void image_directory_free(DwImageDirectory *directory)
{
    g_free(directory->path);
    g_free(directory);
}

/* One part of a path, as long as it is no way elsewhere. */
static bool is_part(const char *part, size_t length)
{
    if (length == 0 || (part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.'))))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)part[i] < ' ' || part[i] == 127)
            return false;
    return true;
}

bool path_is_part(const char *part)
{
    return !strchr(part, '/') && is_part(part, strlen(part));
}

bool path_is_plain(const char *path)
{
    const char *part = path;

    while (*part == '/') {
        const char *end = strchrnul(++part, '/');
        if (!is_part(part, end - part))
            return false;
        part = end;
    }
    return part != path && !*part;
}

/* Every percent sign begins one of "%n", "%u" and "%%". */
static bool has_known_escapes(const char *path)
{
    for (const char *p = strchr(path, '%'); p; p = strchr(p + 2, '%'))
        if (!p[1] || !strchr("nu%", p[1]))
            return false;
    return true;
}

static bool is_directory(const char *path)
{
    return text_is_valid(path) && path_is_plain(path) && has_known_escapes(path);
}

/* Names each that is wrong. */
static void refuse_directories(const GPtrArray *wrong, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < wrong->len; i++) {
        const char *sign = i == 0 ? "" : i + 1 < wrong->len ? ", " : " and ";
        const char *name = wrong->pdata[i];
        g_string_append_printf(names, "%s\"%.128s\"", sign, text_is_valid(name) ? name : "");
    }
    g_set_error(
        error, DW_ERROR, DW_ERROR_INVALID_VALUE,
        "%s %s: %s must be an absolute path without \".\", \"..\", \"//\" or a slash at its "
        "end, in which %%n, %%u and %%%% stand for the domain, the user and a percent sign.",
        names->str, wrong->len == 1 ? "is no directory of images" : "are no directories of images",
        wrong->len == 1 ? "it" : "each");
}

GPtrArray *dw_image_directories_parse(const char *text, GError **error)
{
    g_autoptr(GPtrArray) directories =
        g_ptr_array_new_with_free_func((GDestroyNotify)image_directory_free);
    g_autoptr(GPtrArray) wrong = g_ptr_array_new();
    g_auto(GStrv) entries = g_strsplit(text, ";", -1);

    for (char **entry = entries; *entry; entry++) {
        g_autofree char *path = g_strdup(g_strstrip(*entry));
        bool readonly = g_str_has_suffix(path, ":ro");

        if (!*path)
            continue;
        if (readonly)
            path[strlen(path) - strlen(":ro")] = '\0';
        if (!is_directory(path)) {
            g_ptr_array_add(wrong, *entry);
            continue;
        }
        DwImageDirectory *directory = g_new0(DwImageDirectory, 1);
        directory->path = g_steal_pointer(&path);
        directory->readonly = readonly;
        g_ptr_array_add(directories, directory);
    }
    if (wrong->len > 0) {
        refuse_directories(wrong, error);
        return NULL;
    }
    return g_steal_pointer(&directories);
}

/* NULL where a percent sign stands for what is not known, or is more than one part of a path. */
static char *expand(const char *path, const char *name, const char *user)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *p = path; *p; p++) {
        if (*p != '%') {
            g_string_append_c(out, *p);
            continue;
        }
        const char *value = *++p == 'n' ? name : *p == 'u' ? user : "%";
        if (!value || !path_is_part(value))
            return NULL;
        g_string_append(out, value);
    }
    return path_is_plain(out->str) ? g_strdup(out->str) : NULL;
}

GPtrArray *image_directories_expand(const GPtrArray *directories, const char *name,
                                    const char *user)
{
    GPtrArray *expanded = g_ptr_array_new_with_free_func((GDestroyNotify)image_directory_free);

    for (guint i = 0; directories && i < directories->len; i++) {
        const DwImageDirectory *directory = directories->pdata[i];
        char *path = expand(directory->path, name, user);
        if (!path)
            continue;
        DwImageDirectory *known = g_new0(DwImageDirectory, 1);
        known->path = path;
        known->readonly = directory->readonly;
        g_ptr_array_add(expanded, known);
    }
    return expanded;
}

bool image_directories_contain(const GPtrArray *directories, const char *path, bool readonly)
{
    for (guint i = 0; i < directories->len; i++) {
        const DwImageDirectory *directory = directories->pdata[i];
        size_t length = strlen(directory->path);

        if (strncmp(path, directory->path, length) == 0 && path[length] == '/' &&
            (readonly || !directory->readonly))
            return true;
    }
    return false;
}

char *path_for_list(const char *path)
{
    GString *out = g_string_new(NULL);

    for (; *path; path++)
        if ((unsigned char)*path < ' ' || *path == 127)
            g_string_append_printf(out, "\\%03o", *path);
        else
            g_string_append_c(out, *path);
    return g_string_free(out, FALSE);
}
