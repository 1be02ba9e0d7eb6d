/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each row is planned as the edit of the running domain that brings it about, so that what such an
 * edit would be refused for is not said to be possible. What of a device cannot be alone may be
 * along with what else of it waits: a drive reads another format only with another medium.
 */
#include "operations/edits/pending-now.h"

#include <string.h>

#include "base/secret-text.h"
#include "libvirt/connection.h"
#include "operations/edits/live-device.h"
#include "operations/edits/live-problem.h"
#include "operations/edits/live-steps.h"
#include "operations/edits/live-tuning.h"

typedef struct {
    Virt *virt;
    const char *uuid;
    DwDocument *config, *running; /* with their secrets */
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
               : row->waits == DW_WAITS_NOW;
}

/* ---- Edits ---- */

/* What the configuration has; NULL: nothing that is written. */
static DwSettings *configured(const Sides *sides, const DwPending *row)
{
    const char *const keys[] = {row->key, NULL};
    if (!*row->kind)
        return dw_get_settings(sides->config, keys, true, NULL);
    g_autoptr(GPtrArray) devices = dw_get_devices(sides->config, row->kind, true, NULL);
    const DwDevice *device = devices ? live_device_find(devices, row->kind, row->id) : NULL;
    return device ? dw_settings_copy(device->properties) : NULL;
}

/* Its place in the configuration, where other controllers may be, is none in the running domain;
 * that of a drive is on the controller that it names. */
static DwSettings *without_place(const DwSettings *settings)
{
    const DwValue *type = dw_settings_get(settings, "address.type");
    bool drive = type && strcmp(type->s, "drive") == 0;
    DwSettings *left = dw_settings_new();
    for (size_t i = 0; i < dw_settings_count(settings); i++) {
        const char *key = dw_settings_key(settings, i);
        if (drive || !g_str_has_prefix(key, "address."))
            dw_settings_put(left, key, dw_value_copy(dw_settings_value(settings, i)));
    }
    return left;
}

static DwEdit *edit_of_device(const Sides *sides, const DwPending *row)
{
    if (!row->has_config)
        return dw_edit_new(DW_VERB_REMOVE, row->kind, row->id, NULL, NULL);
    g_autoptr(DwSettings) settings = configured(sides, row);
    return settings ? dw_edit_new(DW_VERB_ADD, row->kind, "", without_place(settings), NULL) : NULL;
}

/* A value that is not written, but stands for none, is the row's. */
static void add_value(const Sides *sides, const DwPending *row, DwSettings *values)
{
    g_autoptr(DwSettings) settings = configured(sides, row);
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

/* ---- Plans ---- */

/* There are steps from the running document to this one, and nothing is left over. */
static bool has_steps(const Sides *sides, const DwDocument *after)
{
    g_autoptr(GPtrArray) impossible =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    LiveDifference difference = {sides->running, after, false, virt_version(sides->virt)};
    DwChanges changes;
    dw_changes_between(sides->running, after, &changes);
    g_autoptr(GPtrArray) steps = live_steps_between(&difference, &changes, impossible);
    dw_changes_clear(&changes);
    live_tuning_check(sides->virt, sides->uuid, steps, impossible);
    return steps->len > 0 && impossible->len == 0;
}

/* Takes edit; NULL: it cannot be made. */
static bool can_be_made(const Sides *sides, DwEdit *edit)
{
    if (!edit)
        return false;
    DwHost host = {.libvirt_version = virt_version(sides->virt), .running = sides->running};
    g_autoptr(DwDocument) after = dw_document_copy(sides->running);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edits, edit);
    return dw_apply(after, edits, DW_APPLY_DOMAIN | DW_APPLY_RUNNING, &host, NULL, NULL) &&
           live_check_limits(edits, sides->running, after, &host, NULL) && has_steps(sides, after);
}

/* Those of the same device that are in question, and the row itself. */
static GPtrArray *rows_of_device(const GPtrArray *rows, const DwPending *row)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        DwPending *other = rows->pdata[i];
        if (strcmp(other->kind, row->kind) == 0 && strcmp(other->id, row->id) == 0)
            g_ptr_array_add(found, other);
    }
    return found;
}

static bool can_be_now(const Sides *sides, const GPtrArray *rows, DwPending *row)
{
    if (is_whole(row))
        return can_be_made(sides, edit_of_device(sides, row));
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    g_ptr_array_add(alone, row);
    if (can_be_made(sides, edit_of_keys(sides, alone)))
        return true;
    g_autoptr(GPtrArray) all = *row->kind ? rows_of_device(rows, row) : g_ptr_array_ref(alone);
    return all->len > 1 && can_be_made(sides, edit_of_keys(sides, all));
}

void pending_now_look(Virt *virt, const char *uuid, const GPtrArray *rows)
{
    g_autoptr(GPtrArray) asked = g_ptr_array_new();
    g_autoptr(GHashTable) now = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < rows->len; i++)
        if (is_in_question(rows->pdata[i]))
            g_ptr_array_add(asked, rows->pdata[i]);
    if (asked->len == 0)
        return;
    g_autoptr(DwDocument) config = read_side(virt, uuid, false);
    g_autoptr(DwDocument) running = read_side(virt, uuid, true);
    Sides sides = {virt, uuid, config, running};
    for (guint i = 0; config && running && i < asked->len; i++)
        if (can_be_now(&sides, asked, asked->pdata[i]))
            g_hash_table_add(now, asked->pdata[i]);
    for (guint i = 0; i < asked->len; i++) {
        DwPending *row = asked->pdata[i];
        row->waits = g_hash_table_contains(now, row) ? DW_WAITS_NOW : DW_WAITS_RESTART;
    }
}
