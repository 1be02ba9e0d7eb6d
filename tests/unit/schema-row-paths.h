/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the table's rows are written, in the way schema-paths.h names places. */
#pragma once

#include <string.h>

#include "keys/key-path.h"
#include "table/kinds/rows.h"

static inline void add_path(GPtrArray *paths, const char *kind, const char *section,
                            const char *row)
{
    GString *path = g_string_new(*kind ? "devices/" : "");

    g_string_append(path, kind);
    for (const char *const *part = (const char *const[]){section, row, NULL}; *part; part++) {
        if (**part && path->len > 0)
            g_string_append_c(path, '/');
        for (const char *p = *part; *p; p++) {
            if (*p == '[')
                p = strchr(p, ']');
            else if (*p == '^')
                p++;
            else
                g_string_append_c(path, *p);
        }
    }
    g_ptr_array_add(paths, g_string_free(path, FALSE));
}

/* The first is the row's own path. */
static inline GPtrArray *row_paths(const DwGroup *group, const DwSection *section, const DwRow *row)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

    if (row->form == DW_FORM_CHAIN_END) {
        add_path(paths, group->kind, "backingStore", "");
        return paths;
    }
    if (row->form == DW_FORM_PCI) {
        for (size_t i = 0; i < G_N_ELEMENTS(lens_pci_attributes); i++) {
            g_autofree char *path = g_strconcat(row->path, "/@", lens_pci_attributes[i].name, NULL);
            add_path(paths, group->kind, section->path, path);
        }
        return paths;
    }
    add_path(paths, group->kind, section->path, row->path);
    if (section->alternative)
        add_path(paths, group->kind, section->alternative, row->path);
    if (row->form == DW_FORM_SIZE) {
        const char *attribute = strchr(row->path, '@');
        g_autofree char *element =
            g_strndup(row->path, attribute ? (gsize)(attribute - row->path) : strlen(row->path));
        g_autofree char *unit = g_strconcat(element, attribute ? "@unit" : "/@unit", NULL);
        add_path(paths, group->kind, section->path, unit);
    }
    return paths;
}

typedef void (*RowFunction)(const DwGroup *group, const DwSection *section, const DwRow *row,
                            void *data);

static inline void for_each_row(RowFunction function, void *data)
{
    for (const DwGroup *const *g = table_groups(); *g; g++)
        for (const DwSection *section = (*g)->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++)
                function(*g, section, row, data);
}
