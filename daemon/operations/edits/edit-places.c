/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "#N" counts the devices of one document. Where a device was added to one side alone, or removed,
 * the others have another place there, and are found by their address.
 */
#include "operations/edits/edit-places.h"

#include <string.h>

#include "operations/live/device.h"
#include "operations/live/problem.h"

#define ADDRESS "address."

/* Those of a kind, read once for all edits. */
typedef struct {
    GPtrArray *configured, *running; /* of DwDevice; NULL: there is no such kind */
} Devices;

static void devices_free(void *data)
{
    Devices *devices = data;
    g_clear_pointer(&devices->configured, g_ptr_array_unref);
    g_clear_pointer(&devices->running, g_ptr_array_unref);
    g_free(devices);
}

static const Devices *devices_of(const ChangePlan *plan, GHashTable *read, const char *kind)
{
    Devices *devices = g_hash_table_lookup(read, kind);
    if (devices)
        return devices;
    devices = g_new0(Devices, 1);
    devices->configured = dw_get_devices(plan->config.before, kind, false, NULL);
    devices->running = dw_get_devices(plan->live.before, kind, false, NULL);
    g_hash_table_insert(read, g_strdup(kind), devices);
    return devices;
}

static guint place_of(const char *id)
{
    guint64 place = 0;
    if (*id == '#')
        g_ascii_string_to_unsigned(id + 1, 10, 1, G_MAXUINT, &place, NULL);
    return (guint)place;
}

static const DwDevice *device_at(const GPtrArray *devices, guint place)
{
    return devices && place > 0 && place <= devices->len ? devices->pdata[place - 1] : NULL;
}

static bool has_addresses_of(const DwDevice *device, const DwDevice *other)
{
    for (size_t i = 0; i < dw_settings_count(other->properties); i++) {
        const char *key = dw_settings_key(other->properties, i);
        const DwValue *value = dw_settings_get(device->properties, key);
        if (g_str_has_prefix(key, ADDRESS) &&
            (!value || !dw_value_equal(value, dw_settings_value(other->properties, i))))
            return false;
    }
    return true;
}

static bool has_address(const DwDevice *device)
{
    return dw_settings_get(device->properties, ADDRESS "type");
}

static bool is_same(const DwDevice *device, const DwDevice *other)
{
    if (*device->id != '#')
        return live_device_is_id(device->kind, device->id, other->id);
    return *other->id == '#' && has_addresses_of(other, device);
}

/* The running one has all that is configured of it, wherever it is. */
static bool has_settings_of(const DwDevice *running, const DwDevice *device)
{
    for (size_t i = 0; i < dw_settings_count(device->properties); i++) {
        const char *key = dw_settings_key(device->properties, i);
        const DwValue *value = dw_settings_get(running->properties, key);
        if (!g_str_has_prefix(key, ADDRESS) && strcmp(key, "alias") != 0 &&
            (!value || !dw_value_equal(value, dw_settings_value(device->properties, i))))
            return false;
    }
    return true;
}

static bool is_at_its_address(const GPtrArray *running, const DwDevice *device)
{
    for (guint i = 0; i < running->len; i++)
        if (is_same(device, running->pdata[i]))
            return true;
    return false;
}

/* What was plugged has another address than in the configuration where that has one device more,
 * and then that one may have its address. */
static bool is_another(const Devices *devices, const DwDevice *device, const DwDevice *there)
{
    if (*device->id != '#' || has_settings_of(there, device))
        return false;
    for (guint i = 0; i < devices->configured->len; i++)
        if (has_settings_of(there, devices->configured->pdata[i]) &&
            !is_at_its_address(devices->running, devices->configured->pdata[i]))
            return true;
    return false;
}

/* 0: it is not there, or not known. */
static guint find_place(const Devices *devices, guint place)
{
    const GPtrArray *running = devices->running, *configured = devices->configured;
    const DwDevice *device = device_at(configured, place), *there = device_at(running, place);
    if (!running)
        return 0;
    bool as_many = running->len == configured->len;
    if (*device->id == '#' && (!has_address(device) || running->len == 1) && as_many)
        return place;
    if (there && is_same(device, there))
        return is_another(devices, device, there) ? 0 : place;
    for (guint i = 0; i < running->len; i++)
        if ((*device->id != '#' || has_address(device)) && is_same(device, running->pdata[i]))
            return is_another(devices, device, running->pdata[i]) ? 0 : i + 1;
    return 0;
}

static void refuse(const DwEdit *edit, GPtrArray *impossible)
{
    g_autofree char *message = g_strdup_printf("Nothing tells which %s of the running domain is "
                                               "\"%s\" of the configuration; " LIVE_USE_CONFIG,
                                               edit->kind, edit->id);
    live_refuse(impossible, "live.alias", edit->kind, edit->id, "", message);
}

/* The place of the edit's device; 0, and refused: it is not known. */
static guint place_in_running(const Devices *devices, const DwEdit *given, GPtrArray *impossible)
{
    guint place = place_of(given->id);
    if (!device_at(devices->configured, place)) /* the configuration tells of that */
        return place;
    guint there = find_place(devices, place);
    if (there == 0)
        refuse(given, impossible);
    return there;
}

/* The same edits, each with its place; 0: it names none. */
static GPtrArray *place_edits(const GPtrArray *edits, const guint *places)
{
    GPtrArray *placed = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    for (guint i = 0; i < edits->len; i++) {
        const DwEdit *given = edits->pdata[i];
        g_autofree char *id =
            places[i] > 0 ? g_strdup_printf("#%u", places[i]) : g_strdup(given->id);
        g_ptr_array_add(placed,
                        dw_edit_new(given->verb, given->kind, id, dw_settings_copy(given->values),
                                    (const char *const *)given->unset));
    }
    return placed;
}

GPtrArray *edit_places_in_running(const EditOperation *edit, GPtrArray *edits,
                                  GPtrArray *impossible)
{
    g_autofree guint *places = g_new0(guint, edits->len);
    g_autoptr(GHashTable) read =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, devices_free);
    bool others = false;
    for (guint i = 0; edit->change.affect != AFFECT_LIVE && i < edits->len; i++) {
        const DwEdit *given = edits->pdata[i];
        guint place = place_of(given->id);
        if (place == 0)
            continue;
        places[i] =
            place_in_running(devices_of(edit->change.plan, read, given->kind), given, impossible);
        if (places[i] == 0)
            return NULL;
        others |= places[i] != place;
    }
    return others ? place_edits(edits, places) : g_ptr_array_ref(edits);
}
