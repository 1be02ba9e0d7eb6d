/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt takes as the memory of a guest with NUMA cells is what these and the memory devices
 * have together: a change of one is a change of it. Used by apply-edit.c and domain.c. One
 * document, one thread.
 */
#include "edit/defaults/memory.h"

#include <string.h>

#include "guest/memory.h"
#include "keys/lens.h"

static bool total_of(const DwDocument *document, uint64_t *ret_total)
{
    uint64_t cells, devices;

    return guest_cell_memory(document, &cells, &devices) &&
           !__builtin_add_overflow(cells, devices, ret_total);
}

static bool is_of_cells(const DwEdit *edit)
{
    static const char prefix[] = "cpu.numa.";

    for (size_t i = 0; i < dw_settings_count(edit->values); i++)
        if (g_str_has_prefix(dw_settings_key(edit->values, i), prefix))
            return true;
    for (char *const *key = edit->unset; *key; key++)
        if (g_str_has_prefix(*key, prefix))
            return true;
    return false;
}

/* Of a running domain libvirt counts for itself. */
DwCellMemory cell_memory_before(const DwEditContext *context)
{
    const DwEdit *edit = context->edit;
    DwCellMemory ret = {.may_change = strcmp(edit->kind, "memory") == 0 ||
                                      (!*edit->kind && is_of_cells(edit))};

    if (context->flags & DW_APPLY_RUNNING || !ret.may_change ||
        !total_of(context->document, &ret.total))
        ret.may_change = false;
    return ret;
}

static bool is_named(const DwEditContext *context, const char *key)
{
    for (guint i = 0; i < context->edits->len; i++) {
        const DwEdit *edit = context->edits->pdata[i];
        if (!*edit->kind && dw_settings_get(edit->values, key))
            return true;
    }
    return false;
}

static bool is_there(const DwEditContext *context, const char *key, uint64_t bytes)
{
    const DwDocument *document = context->document;
    DwPlace place;
    DwValue value;

    if (!place_find("", key, &place) ||
        !place_get(document, document_root(document), &place, &value))
        return false;
    /* libvirt counts in KiB. */
    bool ret = value.type == DW_VALUE_UINT64 && (value.u + 1023) / 1024 == (bytes + 1023) / 1024;
    dw_value_clear(&value);
    return ret;
}

static bool take(DwEditContext *context, const char *key, uint64_t bytes, GError **error)
{
    const DwValue value = dw_value_uint64(bytes);
    DwPlace place;

    return place_find("", key, &place) &&
           place_set(context->document, document_root(context->document), &place, key, &value,
                     error);
}

bool cell_memory_follows(DwEditContext *context, DwCellMemory before, GError **error)
{
    uint64_t total;

    if (!before.may_change || !total_of(context->document, &total) || total == before.total ||
        is_named(context, "memory") || !is_there(context, "memory", before.total))
        return true;
    bool had_all = is_there(context, "currentMemory", before.total);
    if (!take(context, "memory", total, error))
        return false;
    edit_note(context, "memory-cells-follow", DW_SEVERITY_INFO, "", "", "memory",
              "memory is %" G_GUINT64_FORMAT
              " bytes: what the NUMA cells and memory devices have together.",
              total);
    if (!had_all || is_named(context, "currentMemory"))
        return true;
    edit_note(context, "memory-current-follows", DW_SEVERITY_INFO, "", "", "currentMemory",
              "currentMemory is %" G_GUINT64_FORMAT
              " bytes, too: it was equal to memory, and the guest is to have all of it.",
              total);
    return take(context, "currentMemory", total, error);
}

char *cell_memory_of_only(const DwDocument *document, uint64_t bytes, uint64_t *ret_cell)
{
    DwNode cell = lens_find(document, document_root(document), "cpu/numa/cell", NULL);
    uint64_t cells, devices;

    if (cell == DW_NODE_NONE || node_next_same(document, cell) != DW_NODE_NONE ||
        !guest_cell_memory(document, &cells, &devices) || bytes <= devices)
        return NULL;
    g_autofree char *number = node_attribute(document, cell, "id");
    *ret_cell = bytes - devices;
    return g_strdup_printf("cpu.numa.cell.%s.memory", number ? number : "0");
}
