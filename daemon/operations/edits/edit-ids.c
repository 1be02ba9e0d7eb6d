/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of both sides are the same by their ids, which the running domain may have given to
 * another one, or cannot change. Workers. */
#include "operations/edits/edit-ids.h"

#include <string.h>

#include "operations/live/device.h"
#include "operations/live/problem.h"

/* A device is to be added whose id is one of these; the guest may not have let that one go yet. */
static void check_leaving_device(const EditOperation *edit, const char *kind,
                                 const char *const *ids, GPtrArray *impossible)
{
    g_autofree char *id = removal_find(edit->removals, edit->change.base.uuid, kind, ids);
    g_autofree char *there = id ? dw_device_text(edit->change.plan->live.before, kind, id) : NULL;
    if (!there)
        return;
    g_autofree char *message =
        g_strdup_printf("The guest has not let go of %s \"%s\" yet; " LIVE_USE_CONFIG, kind, id);
    live_refuse(impossible, "live.removing", kind, id, "", message);
}

bool edit_ids_check_leaving(const EditOperation *edit, const GPtrArray *edits,
                            GPtrArray *impossible)
{
    guint before = impossible->len;
    for (guint i = 0; edits && i < edits->len; i++) {
        const DwEdit *each = edits->pdata[i];
        g_autoptr(GPtrArray) values = g_ptr_array_new();
        for (size_t k = 0; each->verb == DW_VERB_ADD && k < dw_settings_count(each->values); k++) {
            const DwValue *value = dw_settings_value(each->values, k);
            if (value->type == DW_VALUE_STRING)
                g_ptr_array_add(values, value->s);
        }
        g_ptr_array_add(values, NULL);
        check_leaving_device(edit, each->kind, (const char *const *)values->pdata, impossible);
    }
    return impossible->len == before;
}

/* What the device was known by before; of one that is named by its place, "#1", its own id. */
static char *known_as(const DwDocument *before, const DwEdit *edit)
{
    guint64 place;
    if (*edit->id != '#' ||
        !g_ascii_string_to_unsigned(edit->id + 1, 10, 1, G_MAXUINT, &place, NULL))
        return g_strdup(edit->id);
    g_autoptr(GPtrArray) devices = dw_get_devices(before, edit->kind, false, NULL);
    const DwDevice *device = devices && place <= devices->len ? devices->pdata[place - 1] : NULL;
    return g_strdup(device ? device->id : edit->id);
}

static bool is_kept(const DwDocument *before, const DwEdit *edit, const char *id)
{
    g_autofree char *old = known_as(before, edit);
    return live_device_is_id(edit->kind, old, id) || (*old == '#' && *id == '#');
}

bool edit_ids_check_kept(const EditOperation *edit, GPtrArray *impossible)
{
    char **ids = edit->change.result.ids;
    guint before = impossible->len;
    for (guint i = 0; ids && edit->edits && i < edit->edits->len; i++) {
        const DwEdit *each = edit->edits->pdata[i];
        if (each->verb != DW_VERB_MODIFY || is_kept(edit->change.plan->live.before, each, ids[i]))
            continue;
        g_autofree char *message = g_strdup_printf("What %s \"%s\" is known by cannot be changed "
                                                   "in a running domain, only by removing the "
                                                   "device and adding it anew; " LIVE_USE_CONFIG,
                                                   each->kind, each->id);
        live_refuse(impossible, "live.plug", each->kind, each->id, "", message);
    }
    return impossible->len == before;
}

/* A device that both sides get anew, and that nothing tells which is the same there. */
static void refuse_nameless(const DwDevice *device, GPtrArray *impossible)
{
    g_autofree char *message = g_strdup_printf(
        "Device %s \"%s\" cannot be added to both sides as it is: give it an alias that begins "
        "with \"ua-\", or an interface its MAC address, so that it is the same device on both; "
        "or " LIVE_USE_CONFIG,
        device->kind, device->id);
    live_refuse(impossible, "live.alias", device->kind, device->id, "", message);
}

void edit_ids_check_added(const EditOperation *edit, const DwDocument *wanted,
                          GPtrArray *impossible)
{
    const DwDocument *before = edit->change.plan->config.before;
    DwChanges changes;
    dw_changes_between(before, wanted, &changes);
    for (guint i = 0; i < changes.devices->len; i++) {
        const DwDevice *device = changes.devices->pdata[i];
        const char *const ids[] = {device->id, NULL};
        g_autofree char *there = dw_device_text(before, device->kind, device->id);
        if (there)
            continue;
        check_leaving_device(edit, device->kind, ids, impossible);
        if (*device->id == '#' && edit->change.affect != AFFECT_LIVE)
            refuse_nameless(device, impossible);
    }
    dw_changes_clear(&changes);
}
