/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a running domain's configuration waits for its next start, and what of the running domain
 * ends with it. libvirt expands a configuration when it starts a domain, so the two documents
 * differ in dozens of places although nothing waits. Each is therefore compared with what it was
 * when the run began, and only keys that changed since on one side or the other are compared
 * across. Where that is not known, what libvirt may have expanded is left out. Used by the daemon;
 * any thread.
 */
#include <string.h>

#include "compare/pending-own.h"
#include "compare/pending-pairs.h"
#include "document/document.h"

#define ALL_BUT_BEFORE ((1 << BEFORE) - 1)
#define TODAY          (1 << CONFIG | 1 << LIVE)

typedef struct {
    Things things;
    bool known;           /* how the run began */
    GPtrArray *rows;      /* of DwPending */
    GHashTable *interest; /* devices as names_of() has them; NULL: everything is of interest */
} Comparison;

void dw_pending_free(DwPending *row)
{
    if (!row)
        return;
    g_free(row->kind);
    g_free(row->id);
    g_free(row->key);
    dw_value_clear(&row->live);
    dw_value_clear(&row->config);
    g_free(row);
}

const char *dw_waits_name(DwWaits waits)
{
    static const char *const names[] = {
        [DW_WAITS_RESTART] = "restart", [DW_WAITS_NOW] = "now", [DW_WAITS_LOST] = "lost"};
    return names[waits];
}

/* ---- Rows ---- */

static bool same(const DwValue *a, const DwValue *b)
{
    return a && b ? dw_value_equal(a, b) : a == b;
}

static void put_value(const DwValue *value, DwValue *ret_value, bool *ret_has)
{
    *ret_has = value != NULL;
    if (value)
        *ret_value = dw_value_copy(value);
}

static DwPending *add_row(Comparison *comparison, const Thing *thing, const char *key,
                          DwWaits waits)
{
    const DwDevice *device = thing_device(thing);
    DwPending *row = g_new0(DwPending, 1);
    row->kind = g_strdup(device->kind);
    row->id = g_strdup(device->id);
    row->key = g_strdup(key);
    row->waits = waits;
    row->sure = comparison->known;
    g_ptr_array_add(comparison->rows, row);
    return row;
}

static void add_device_row(Comparison *comparison, const Thing *thing, DwWaits waits)
{
    DwValue there = dw_value_bool(true);
    DwPending *row = add_row(comparison, thing, "", waits);
    put_value(thing->on[LIVE] ? &there : NULL, &row->live, &row->has_live);
    put_value(thing->on[CONFIG] ? &there : NULL, &row->config, &row->has_config);
}

/* False: nobody sets it. */
static bool find_waits(const Thing *thing, const char *key, DwWaits *ret_waits)
{
    DwKey *row = dw_key_find(thing_device(thing)->kind, key);
    DwApplies applies = row ? row->applies : DW_APPLIES_RUNTIME;
    bool now = applies == DW_APPLIES_LIVE ||
               (applies == DW_APPLIES_MEDIA && thing_is_medium(thing->on[LIVE]));
    dw_key_free(row);
    *ret_waits = now ? DW_WAITS_NOW : DW_WAITS_RESTART;
    return applies != DW_APPLIES_RUNTIME;
}

static void add_key_row(Comparison *comparison, const Thing *thing, const char *key, bool lost)
{
    DwWaits waits;
    if (!find_waits(thing, key, &waits))
        return;
    DwPending *row = add_row(comparison, thing, key, lost ? DW_WAITS_LOST : waits);
    const DwValue *live = thing_value(thing->on[LIVE], key),
                  *config = thing_value(thing->on[CONFIG], key);
    put_value(live, &row->live, &row->has_live);
    put_value(config, &row->config, &row->has_config);
}

/* ---- Comparing ---- */

static bool differs(const Thing *thing, int side, int first, const char *key)
{
    return !same(thing_value(thing->on[side], key), thing_value(thing->on[first], key));
}

static bool is_of_change(const Comparison *comparison, const Thing *thing, const char *key)
{
    return !comparison->interest || differs(thing, CONFIG, BEFORE, key);
}

static void compare_key(Comparison *comparison, const Thing *thing, const char *key)
{
    bool waits = differs(thing, CONFIG, FIRST_CONFIG, key);
    if (waits ||
        (thing->on[LIVE] && differs(thing, LIVE, FIRST_LIVE, key) && !pending_moves(thing, key)))
        add_key_row(comparison, thing, key, !waits);
}

/* It is not known how the key was before. What is in the running domain alone was put there, where
 * that can be, and else taken out of the configuration. */
static void compare_unknown(Comparison *comparison, const Thing *thing, const char *key)
{
    DwWaits waits;
    if (!pending_is_expanded(thing, key) && find_waits(thing, key, &waits))
        add_key_row(comparison, thing, key,
                    waits == DW_WAITS_NOW && !thing_value(thing->on[CONFIG], key));
}

typedef void CompareKey(Comparison *comparison, const Thing *thing, const char *key);

/* Calls compare for each key that these sides have and the two of today have otherwise. */
static void compare_keys(Comparison *comparison, const Thing *thing, unsigned sides,
                         CompareKey *compare)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int side = 0; side < N_SIDES; side++) {
        const DwSettings *settings =
            (sides & (1 << side)) && thing->on[side] ? thing->on[side]->properties : NULL;
        for (size_t i = 0; settings && i < dw_settings_count(settings); i++) {
            const char *key = dw_settings_key(settings, i);
            if (g_hash_table_add(seen, (char *)key) && thing_differs(thing, key) &&
                is_of_change(comparison, thing, key) && !pending_is_of_network(thing, key))
                compare(comparison, thing, key);
        }
    }
}

/* libvirt leaves it as it is. */
static void compare_metadata(Comparison *comparison, const Thing *thing)
{
    bool waits = comparison->known ? differs(thing, CONFIG, FIRST_CONFIG, METADATA_CONTENT)
                                   : thing->on[CONFIG] != NULL;
    if (differs(thing, CONFIG, LIVE, METADATA_CONTENT) &&
        is_of_change(comparison, thing, METADATA_CONTENT))
        add_device_row(comparison, thing, waits ? DW_WAITS_NOW : DW_WAITS_LOST);
}

/* The configuration says otherwise of it than it did, or of whether it is there. */
static bool has_other_keys(const Thing *thing, int before)
{
    const DwDevice *now = thing->on[CONFIG], *then = thing->on[before];
    if (!now || !then)
        return now != then;
    bool same = dw_settings_count(now->properties) == dw_settings_count(then->properties);
    for (size_t i = 0; same && i < dw_settings_count(now->properties); i++)
        same = !differs(thing, CONFIG, before, dw_settings_key(now->properties, i));
    return !same;
}

/* A device that one of the two has. What the configuration alone has is there at the next start,
 * however it came to be missing: taken out of the guest and put back into the configuration is as
 * taken out of the guest alone. */
static DwWaits device_waits(bool config, bool changed)
{
    return config || changed ? DW_WAITS_RESTART : DW_WAITS_LOST;
}

static void compare_thing(Comparison *comparison, const Thing *thing)
{
    bool config = thing->on[CONFIG], live = thing->on[LIVE];
    bool waits = config != !!thing->on[FIRST_CONFIG], ends = live != !!thing->on[FIRST_LIVE];
    if (!comparison->known)
        waits = config && !live, ends = live && !config;
    if (waits || ends) {
        if (config != live && (!comparison->interest || has_other_keys(thing, BEFORE)))
            add_device_row(comparison, thing, device_waits(config, waits));
        else if (config && live)
            compare_keys(comparison, thing, TODAY, compare_unknown);
    } else if (config) {
        compare_keys(comparison, thing, comparison->known ? ALL_BUT_BEFORE : TODAY,
                     comparison->known ? compare_key : compare_unknown);
    }
}

/* ---- What has no key ---- */

/* A device that may have been otherwise when the run began, though none of its keys was. What has
 * no id of its own may be another one. */
static bool is_otherwise(const Thing *thing)
{
    const DwDevice *now = thing->on[CONFIG], *first = thing->on[FIRST_CONFIG];
    return now && first && thing->on[LIVE] && *now->id != '#' && !thing_is_metadata(thing) &&
           !has_other_keys(thing, FIRST_CONFIG);
}

/* Of those without an id of their own the kind alone stands for all. */
static char *listed_name(const DwDevice *device)
{
    return g_strconcat(device->kind, *device->id == '#' ? NULL : "/", device->id, NULL);
}

static GHashTable *names_of(const GPtrArray *devices)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < devices->len; i++)
        g_hash_table_add(names, listed_name(devices->pdata[i]));
    return names;
}

static bool is_among(GHashTable *names, const DwDevice *device)
{
    g_autofree char *name = device ? listed_name(device) : NULL;
    return name && g_hash_table_contains(names, name);
}

static bool is_of_interest(const Comparison *comparison, const Thing *thing)
{
    if (!comparison->interest || !*thing_device(thing)->kind || thing_is_metadata(thing))
        return true;
    for (int side = 0; side < N_SIDES; side++)
        if (is_among(comparison->interest, thing->on[side]))
            return true;
    return false;
}

static DwDocument *without_metadata(const DwDocument *document)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode metadata = node_child(document, document_root(document), METADATA);
    if (metadata != DW_NODE_NONE)
        g_array_append_val(nodes, metadata);
    return document_without(document, nodes);
}

/* Besides metadata, which are rows of their own. */
static bool rest_differs(const DwDocument *before, const DwDocument *after)
{
    g_autoptr(DwDocument) first = without_metadata(before), now = without_metadata(after);
    DwChanges changes;
    dw_changes_between(first, now, &changes);
    bool differs = changes.other && !changes.reordered;
    dw_changes_clear(&changes);
    return differs;
}

/* Whether the running domain is so, too, cannot be said: libvirt expands that as it does keys. */
static void compare_rest(Comparison *comparison, const DwRun *run, const GArray *things)
{
    DwChanges changes;
    dw_changes_between(run->first_config, run->config, &changes);
    g_autoptr(GHashTable) changed = names_of(changes.devices);
    for (guint i = 0; i < things->len; i++) {
        const Thing *thing = &g_array_index(things, Thing, i);
        if (is_among(changed, thing->on[CONFIG]) && is_otherwise(thing))
            add_device_row(comparison, thing, DW_WAITS_RESTART);
    }
    if (changes.other && (!run->changes || run->changes->other) &&
        rest_differs(run->first_config, run->config))
        add_device_row(comparison, &g_array_index(things, Thing, 0), DW_WAITS_RESTART);
    dw_changes_clear(&changes);
}

static void compare_all(Comparison *comparison, const DwRun *run)
{
    g_autoptr(GArray) things = g_array_new(FALSE, FALSE, sizeof(Thing));
    for (guint i = 0; i < comparison->things.names->len; i++) {
        Thing thing = things_get(&comparison->things, i);
        if (!thing_device(&thing) || !is_of_interest(comparison, &thing))
            continue;
        if (thing_is_metadata(&thing))
            compare_metadata(comparison, &thing);
        else
            compare_thing(comparison, &thing);
        g_array_append_val(things, thing);
    }
    if (comparison->known)
        compare_rest(comparison, run, things);
}

GPtrArray *dw_pending(const DwRun *run)
{
    const DwDocument *const documents[] = {run->config, run->live, run->first_config,
                                           run->first_live, run->changes ? run->before : NULL};
    Comparison comparison = {.known = run->first_config && run->first_live};
    comparison.rows = g_ptr_array_new_with_free_func((GDestroyNotify)dw_pending_free);
    comparison.interest = run->changes ? names_of(run->changes->devices) : NULL;
    things_read(&comparison.things, documents, run->changes);
    pending_pair(&comparison.things);
    compare_all(&comparison, run);
    things_clear(&comparison.things);
    g_clear_pointer(&comparison.interest, g_hash_table_unref);
    return comparison.rows;
}
