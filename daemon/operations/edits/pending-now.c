/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows are planned as edits of the running domain that bring them about, so that what such an edit
 * would be refused for is not said to be possible: all at once, and where that is refused, halves
 * of them. What of a device cannot be alone may be along with what else of it waits: a drive reads
 * another format only with another medium. Of the domain's own settings such is what is said of an
 * I/O thread that comes or goes.
 */
#include "operations/edits/pending-now.h"

#include <string.h>

#include "base/secret-text.h"
#include "libvirt/connection.h"
#include "operations/live/ask-host.h"
#include "operations/live/device.h"
#include "operations/live/iothreads.h"
#include "operations/live/problem.h"
#include "operations/live/steps.h"

/* Each plan costs as much as the document is long; what is not planned is not said to be possible.
 */
#define PLANNED_BYTES (4u << 20)
#define FEWEST_PLANS  32
#define MOST_PLANS    512

typedef struct {
    Virt *virt;
    const char *uuid;
    DwHost host;
    DwDocument *running;  /* with its secrets */
    GPtrArray *devices;   /* of the configuration, of DwDevice */
    DwSettings *settings; /* and what else it has */
    gsize plans;          /* that are left */
} Sides;

static DwDocument *read_side(Virt *virt, const char *uuid, bool live)
{
    char *text = virt_domain_xml(virt, uuid, live, NULL);
    DwDocument *document = text ? dw_document_parse(text, strlen(text), NULL) : NULL;
    secret_text_free(text);
    return document;
}

static bool is_whole(const DwPending *row)
{
    return !*row->key;
}

/* Of metadata it is known that it can, and of what has no key that it cannot. */
static bool is_in_question(const DwPending *row)
{
    return is_whole(row)
               ? *row->kind && row->waits == DW_WAITS_RESTART && row->has_live != row->has_config
               : row->waits == DW_WAITS_NOW ||
                     (row->waits == DW_WAITS_RESTART && live_iothreads_may_take(row->key));
}

/* ---- Edits ---- */

/* What the configuration has; NULL: nothing that is written. */
static const DwSettings *configured(const Sides *sides, const DwPending *row)
{
    if (!*row->kind)
        return sides->settings;
    const DwDevice *device = live_device_find(sides->devices, row->kind, row->id);
    return device ? device->properties : NULL;
}

/* A drive is on the controller that it names, if there is one. */
static bool has_place(const Sides *sides, const DwDevice *device)
{
    if (strcmp(live_device_text(device, "address.type"), "drive") != 0)
        return false;
    g_autoptr(GPtrArray) controllers = dw_get_devices(sides->running, "controller", false, NULL);
    g_autofree char *id = g_strconcat(live_device_text(device, "target.bus"),
                                      live_device_text(device, "address.controller"), NULL);
    return live_device_find(controllers, "controller", id) != NULL;
}

/* Its place in the configuration, where other controllers may be, is none in the running domain. */
static DwSettings *without_place(const Sides *sides, const DwDevice *device)
{
    bool keep = has_place(sides, device);
    DwSettings *left = dw_settings_new();
    for (size_t i = 0; i < dw_settings_count(device->properties); i++) {
        const char *key = dw_settings_key(device->properties, i);
        if (keep || !g_str_has_prefix(key, "address."))
            dw_settings_put(left, key, dw_value_copy(dw_settings_value(device->properties, i)));
    }
    return left;
}

static DwEdit *edit_of_device(const Sides *sides, const DwPending *row)
{
    if (!row->has_config)
        return dw_edit_new(DW_VERB_REMOVE, row->kind, row->id, NULL, NULL);
    const DwDevice *device = live_device_find(sides->devices, row->kind, row->id);
    return device ? dw_edit_new(DW_VERB_ADD, row->kind, "", without_place(sides, device), NULL)
                  : NULL;
}

/* A value that is not written, but stands for none, is the row's. */
static void add_value(const Sides *sides, const DwPending *row, DwSettings *values)
{
    const DwSettings *settings = configured(sides, row);
    const DwValue *value = settings ? dw_settings_get(settings, row->key) : NULL;
    dw_settings_put(values, row->key, dw_value_copy(value ? value : &row->config));
}

/* rows: of one device, or of the domain. */
static DwEdit *edit_of_keys(const Sides *sides, const GPtrArray *rows)
{
    const DwPending *first = rows->pdata[0];
    DwSettings *values = dw_settings_new();
    g_autoptr(GPtrArray) unset = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        DwPending *row = rows->pdata[i];
        if (row->has_config)
            add_value(sides, row, values);
        else
            g_ptr_array_add(unset, row->key);
    }
    g_ptr_array_add(unset, NULL);
    return dw_edit_new(*first->kind ? DW_VERB_MODIFY : DW_VERB_SET, first->kind, first->id, values,
                       (const char *const *)unset->pdata);
}

static bool is_of_device(const DwPending *row, const DwPending *other)
{
    return strcmp(other->kind, row->kind) == 0 && strcmp(other->id, row->id) == 0;
}

/* One for each device; NULL: there is none for one of the rows. */
static GPtrArray *edits_of(const Sides *sides, DwPending *const *rows, guint n)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    for (guint i = 0; i < n;) {
        g_autoptr(GPtrArray) same = g_ptr_array_new();
        DwPending *first = rows[i];
        while (i < n && is_of_device(first, rows[i]) && (same->len == 0 || !is_whole(first)))
            g_ptr_array_add(same, rows[i++]);
        DwEdit *edit = is_whole(first) ? edit_of_device(sides, first) : edit_of_keys(sides, same);
        if (!edit)
            return NULL;
        g_ptr_array_add(edits, edit);
    }
    return g_steal_pointer(&edits);
}

/* ---- Plans ---- */

/* There are steps from the running document to this one, and nothing is left over. */
static bool has_steps(const Sides *sides, const DwDocument *after)
{
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    LiveDifference difference = {sides->running, after, false, sides->host.libvirt_version};
    g_autoptr(GPtrArray) steps = live_steps_of(&difference, impossible);
    live_ask_host(sides->virt, sides->uuid, sides->running, after, steps, impossible);
    return steps->len > 0 && impossible->len == 0;
}

static bool can_be_made(Sides *sides, DwPending *const *rows, guint n)
{
    if (sides->plans == 0)
        return false;
    sides->plans--;
    g_autoptr(GPtrArray) edits = edits_of(sides, rows, n);
    if (!edits)
        return false;
    g_autoptr(DwDocument) after = dw_document_copy(sides->running);
    return dw_apply(after, edits, DW_APPLY_DOMAIN | DW_APPLY_RUNNING, &sides->host, NULL, NULL) &&
           live_check_limits(edits, sides->running, after, &sides->host, NULL) &&
           has_steps(sides, after);
}

/* With those of the same device that are in question. */
static bool can_be_along(Sides *sides, const GPtrArray *asked, const DwPending *row)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint i = 0; *row->kind && !is_whole(row) && i < asked->len; i++)
        if (is_of_device(row, asked->pdata[i]))
            g_ptr_array_add(all, asked->pdata[i]);
    return all->len > 1 && can_be_made(sides, (DwPending *const *)all->pdata, all->len);
}

/* Those of so many rows that can be now. */
static void find_now(Sides *sides, const GPtrArray *asked, guint from, guint n, GHashTable *now)
{
    DwPending *const *rows = (DwPending *const *)asked->pdata + from;
    if (can_be_made(sides, rows, n) || (n == 1 && can_be_along(sides, asked, rows[0]))) {
        for (guint i = 0; i < n; i++)
            g_hash_table_add(now, rows[i]);
    } else if (n > 1) {
        find_now(sides, asked, from, n / 2, now);
        find_now(sides, asked, from + n / 2, n - n / 2, now);
    }
}

/* Adds to others, which can be now, those of so many rows that can be along with them. */
static void find_along(Sides *sides, DwPending *const *rows, guint n, GPtrArray *others)
{
    guint before = others->len;
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(others, rows[i]);
    if (can_be_made(sides, (DwPending *const *)others->pdata, others->len))
        return;
    g_ptr_array_set_size(others, (gint)before);
    if (n == 1)
        return;
    find_along(sides, rows, n / 2, others);
    find_along(sides, rows + n / 2, n - n / 2, others);
}

static void add_along(Sides *sides, const GPtrArray *asked, GHashTable *now)
{
    g_autoptr(GPtrArray) left = g_ptr_array_new(), others = g_ptr_array_new();
    for (guint i = 0; i < asked->len; i++) {
        DwPending *row = asked->pdata[i];
        if (!*row->kind)
            g_ptr_array_add(g_hash_table_contains(now, row) ? others : left, row);
    }
    if (left->len == 0 || others->len == 0)
        return;
    find_along(sides, (DwPending *const *)left->pdata, left->len, others);
    for (guint i = 0; i < others->len; i++)
        g_hash_table_add(now, others->pdata[i]);
}

void pending_now_look(const Operation *operation, Virt *virt, const GPtrArray *rows)
{
    const char *uuid = operation->uuid;
    g_autoptr(GPtrArray) asked = g_ptr_array_new();
    g_autoptr(GHashTable) now = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < rows->len; i++)
        if (is_in_question(rows->pdata[i]))
            g_ptr_array_add(asked, rows->pdata[i]);
    if (asked->len == 0)
        return;
    g_autoptr(DwDocument) config = read_side(virt, uuid, false);
    g_autoptr(DwDocument) running = read_side(virt, uuid, true);
    if (config && running) {
        g_autoptr(GPtrArray) devices = dw_get_devices(config, "", true, NULL);
        g_autoptr(DwSettings) settings = dw_get_settings(config, NULL, true, NULL);
        gsize length = strlen(dw_document_text(running, NULL));
        g_auto(HostView) view = {0};
        operation_view(operation, virt, running, &view);
        view.host.running = running;
        Sides sides = {
            .virt = virt,
            .uuid = uuid,
            .host = view.host,
            .running = running,
            .devices = devices,
            .settings = settings,
            .plans = CLAMP(PLANNED_BYTES / length, FEWEST_PLANS, MOST_PLANS),
        };
        find_now(&sides, asked, 0, asked->len, now);
        add_along(&sides, asked, now);
    }
    for (guint i = 0; i < asked->len; i++) {
        DwPending *row = asked->pdata[i];
        row->waits = g_hash_table_contains(now, row) ? DW_WAITS_NOW : DW_WAITS_RESTART;
    }
}
