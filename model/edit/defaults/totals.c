/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt counts for itself: the memory of a guest with NUMA cells is what these and the
 * memory devices have together, I/O threads and processors are as many as are listed. A change of
 * what is counted is one of the count, or libvirt would drop one or make up another. Used by
 * apply-edit.c and domain.c. One document, one thread.
 */
#include "edit/defaults/totals.h"

#include <string.h>

#include "guest/memory.h"
#include "keys/lens.h"

static bool memory_of(const DwDocument *document, uint64_t *ret_total)
{
    uint64_t cells, devices;

    return guest_cell_memory(document, &cells, &devices) &&
           !__builtin_add_overflow(cells, devices, ret_total);
}

/* False: there are none. Attribute NULL: all of them. */
static bool count(const DwDocument *document, const char *path, const char *attribute,
                  uint64_t *ret_n)
{
    DwNode node = lens_find(document, document_root(document), path, NULL);

    *ret_n = 0;
    if (node == DW_NODE_NONE)
        return false;
    for (; node != DW_NODE_NONE; node = node_next_same(document, node))
        *ret_n += !attribute || node_attribute_is(document, node, attribute, "yes");
    return true;
}

static bool threads_of(const DwDocument *document, uint64_t *ret_n)
{
    return count(document, "iothreadids/iothread", NULL, ret_n);
}

static bool enabled_of(const DwDocument *document, uint64_t *ret_n)
{
    return count(document, "vcpus/vcpu", "enabled", ret_n);
}

static bool touches(const DwEdit *edit, const char *prefix)
{
    if (*edit->kind)
        return false;
    for (size_t i = 0; i < dw_settings_count(edit->values); i++)
        if (g_str_has_prefix(dw_settings_key(edit->values, i), prefix))
            return true;
    for (char *const *key = edit->unset; *key; key++)
        if (g_str_has_prefix(*key, prefix))
            return true;
    return false;
}

/* Of a running domain libvirt counts for itself; its I/O threads are added one by one. */
DwTotals totals_before(const DwEditContext *context)
{
    const DwDocument *document = context->document;
    const DwEdit *edit = context->edit;
    DwTotals ret = {0};

    ret.threads = touches(edit, "iothreadids.") && threads_of(document, &ret.n_threads);
    if (context->flags & DW_APPLY_RUNNING)
        return ret;
    ret.memory = (strcmp(edit->kind, "memory") == 0 || touches(edit, "cpu.numa.")) &&
                 memory_of(document, &ret.bytes);
    ret.processors = touches(edit, "vcpus.") && enabled_of(document, &ret.n_enabled);
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

/* libvirt counts memory in KiB. */
static bool is_there(const DwEditContext *context, const char *key, uint64_t number)
{
    const DwDocument *document = context->document;
    DwPlace place;
    DwValue value;

    if (!place_find("", key, &place) ||
        !place_get(document, document_root(document), &place, &value))
        return false;
    bool is_size = place.row->form == DW_FORM_SIZE;
    bool ret =
        is_size ? value.type == DW_VALUE_UINT64 && (value.u + 1023) / 1024 == (number + 1023) / 1024
                : value.type == DW_VALUE_UINT && value.u == number;
    dw_value_clear(&value);
    return ret;
}

static bool take(DwEditContext *context, const char *key, uint64_t number, GError **error)
{
    const DwValue value = dw_value_uint64(number);
    DwPlace place;

    return place_find("", key, &place) &&
           place_set(context->document, document_root(context->document), &place, key, &value,
                     error);
}

static bool memory_follows(DwEditContext *context, uint64_t before, GError **error)
{
    bool is_asked = is_named(context, "memory");
    uint64_t total;

    if (!memory_of(context->document, &total) || total == before ||
        (!is_asked && !is_there(context, "memory", before)))
        return true;
    bool had_all = is_there(context, "currentMemory", before);
    if (!is_asked) {
        if (!take(context, "memory", total, error))
            return false;
        edit_note(context, "memory-cells-follow", DW_SEVERITY_INFO, "", "", "memory",
                  "memory is %" G_GUINT64_FORMAT
                  " bytes: what the NUMA cells and memory devices have together.",
                  total);
    }
    if (!had_all || is_named(context, "currentMemory"))
        return true;
    edit_note(context, "memory-current-follows", DW_SEVERITY_INFO, "", "", "currentMemory",
              "currentMemory is %" G_GUINT64_FORMAT
              " bytes, too: it was all the memory there was, and the guest is to have all of it.",
              total);
    return take(context, "currentMemory", total, error);
}

/* Without any libvirt would make as many anew. */
static bool threads_follow(DwEditContext *context, uint64_t before, GError **error)
{
    static const char *const key[] = {"iothreads", NULL};
    DwNode root = document_root(context->document);
    uint64_t n = 0;

    threads_of(context->document, &n);
    if (n == before || is_named(context, "iothreads") || !is_there(context, "iothreads", before))
        return true;
    edit_note(context, "iothreads-follow", DW_SEVERITY_INFO, "", "", "iothreads",
              "iothreads is %u: as many have numbers of their own.", (unsigned)n);
    return n ? take(context, "iothreads", n, error) : edit_unset(context, "", root, key, error);
}

static bool processors_follow(DwEditContext *context, uint64_t before, GError **error)
{
    const char *key = is_there(context, "vcpu.current", before) ? "vcpu.current" : "vcpu";
    uint64_t n;

    if (!enabled_of(context->document, &n) || n == before || n == 0 ||
        is_named(context, "vcpu.current") || is_named(context, "vcpu") ||
        !is_there(context, key, before))
        return true;
    edit_note(context, "vcpu-current-follows", DW_SEVERITY_INFO, "", "", "vcpu.current",
              "vcpu.current is %u: as many of the list are enabled.", (unsigned)n);
    return take(context, "vcpu.current", n, error);
}

bool totals_follow(DwEditContext *context, DwTotals before, GError **error)
{
    return (!before.memory || memory_follows(context, before.bytes, error)) &&
           (!before.threads || threads_follow(context, before.n_threads, error)) &&
           (!before.processors || processors_follow(context, before.n_enabled, error));
}

char *totals_only_cell(const DwDocument *document, uint64_t bytes, uint64_t *ret_cell)
{
    DwNode cell = lens_find(document, document_root(document), "cpu/numa/cell", NULL);
    uint64_t cells, devices;

    if (cell == DW_NODE_NONE || node_next_same(document, cell) != DW_NODE_NONE ||
        !guest_cell_memory(document, &cells, &devices))
        return NULL;
    g_autofree char *number = node_attribute(document, cell, "id");
    *ret_cell = bytes > devices ? bytes - devices : 0;
    return g_strdup_printf("cpu.numa.cell.%s.memory", number ? number : "0");
}
