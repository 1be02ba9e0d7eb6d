/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device without an id of its own is "#N", which is another one once one before it has gone. */
#include "operations/live/pairs.h"

#include <string.h>

#include "operations/live/device.h"

typedef struct {
    const DwDocument *before, *after;
    const GPtrArray *old, *new;
    GArray *pairs;
} Pairing;

static void add(Pairing *pairing, const DwDevice *old, const DwDevice *new)
{
    LivePair pair = {old, new};
    g_array_append_val(pairing->pairs, pair);
}

static bool is_placed(const DwDevice *device, const char *kind)
{
    return *device->id == '#' && strcmp(device->kind, kind) == 0;
}

/* What is placed among devices has an alias: not so where libvirt gives none. */
static bool have_aliases(const GPtrArray *devices, const char *kind)
{
    bool have = true;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        have &= !is_placed(device, kind) || *live_device_text(device, "alias") != '\0';
    }
    return have;
}

/* Alias -> DwDevice; of several that share one, the first. */
static GHashTable *by_alias(const GPtrArray *devices, const char *kind)
{
    GHashTable *aliases = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = devices->len; i-- > 0;) {
        DwDevice *device = devices->pdata[i];
        const char *alias = live_device_text(device, "alias");
        if (is_placed(device, kind) && *alias)
            g_hash_table_replace(aliases, (char *)alias, device);
    }
    return aliases;
}

static bool is_same(const Pairing *pairing, const DwDevice *old, const DwDevice *new)
{
    g_autofree char *a = dw_device_text(pairing->before, old->kind, old->id);
    g_autofree char *b = dw_device_text(pairing->after, new->kind, new->id);
    return g_strcmp0(a, b) == 0;
}

static void pair_by_alias(Pairing *pairing, const char *kind)
{
    g_autoptr(GHashTable) olds = by_alias(pairing->old, kind);
    g_autoptr(GHashTable) news = by_alias(pairing->new, kind);
    for (guint i = 0; i < pairing->old->len; i++) {
        const DwDevice *old = pairing->old->pdata[i];
        if (!is_placed(old, kind))
            continue;
        const DwDevice *new = g_hash_table_lookup(news, live_device_text(old, "alias"));
        if (!new || !is_same(pairing, old, new))
            add(pairing, old, new);
    }
    for (guint i = 0; i < pairing->new->len; i++) {
        const DwDevice *new = pairing->new->pdata[i];
        if (is_placed(new, kind) && !g_hash_table_lookup(olds, live_device_text(new, "alias")))
            add(pairing, NULL, new);
    }
}

GArray *live_pairs_of(const DwDocument *before, const DwDocument *after, const GPtrArray *old,
                      const GPtrArray *new, const GPtrArray *differing)
{
    g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
    Pairing pairing = {before, after, old, new, g_array_new(FALSE, FALSE, sizeof(LivePair))};
    for (guint i = 0; i < differing->len; i++) {
        const DwDevice *device = differing->pdata[i];
        if (*device->id != '#' || !have_aliases(old, device->kind))
            add(&pairing, live_device_find(old, device->kind, device->id),
                live_device_find(new, device->kind, device->id));
        else if (g_hash_table_add(placed, device->kind))
            pair_by_alias(&pairing, device->kind);
    }
    return pairing.pairs;
}
