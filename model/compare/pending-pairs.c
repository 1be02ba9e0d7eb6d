/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device without an id of its own that comes to both sides is given an address on each, and
 * where the configuration has one device more, that is another one. It is one device all the same.
 * Used by pending.c; any thread.
 */
#include "compare/pending-pairs.h"

#include "compare/pending-own.h"

/* All that is configured, and else only what libvirt may have filled in; there: at the address that
 * is configured, too. */
static bool is_same(const Thing *pair, bool there)
{
    const DwSettings *config = pair->on[CONFIG]->properties, *live = pair->on[LIVE]->properties;
    for (size_t i = 0; i < dw_settings_count(config); i++) {
        const char *key = dw_settings_key(config, i);
        bool given = g_str_equal(key, "alias") || (thing_is_address(key) && !there);
        if (!given && thing_differs(pair, key))
            return false;
    }
    for (size_t i = 0; i < dw_settings_count(live); i++) {
        const char *key = dw_settings_key(live, i);
        if (!dw_settings_get(config, key) && thing_differs(pair, key) &&
            !pending_is_expanded(pair, key))
            return false;
    }
    return true;
}

static bool may_be_same(const Thing *config, const Thing *live, bool there)
{
    const DwDevice *one = config->on[CONFIG], *other = live->on[LIVE];
    Thing pair = {.on = {[CONFIG] = one, [LIVE] = other}};
    return g_str_equal(one->kind, other->kind) && (*one->id == '#' || *other->id == '#') &&
           is_same(&pair, there);
}

/* Of the things that one side alone has. */
static GArray *numbers_of(const Things *things, int side, int other)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < things->names->len; i++) {
        Thing thing = things_get(things, i);
        if (thing.on[side] && !thing.on[other] && !thing_is_metadata(&thing))
            g_array_append_val(numbers, i);
    }
    return numbers;
}

/* What was there when the run began is compared with what it was then. */
static void pair(Things *things, bool there)
{
    g_autoptr(GArray) configs = numbers_of(things, CONFIG, LIVE),
                      lives = numbers_of(things, LIVE, CONFIG);
    for (guint i = 0; i < configs->len; i++) {
        guint to = g_array_index(configs, guint, i);
        Thing thing = things_get(things, to);
        for (guint j = 0; j < lives->len; j++) {
            guint from = g_array_index(lives, guint, j);
            Thing other = things_get(things, from);
            if (!may_be_same(&thing, &other, there))
                continue;
            if (other.on[FIRST_CONFIG] && !thing.on[FIRST_CONFIG])
                things_rename(things, CONFIG, to, from);
            else
                things_rename(things, LIVE, from, to);
            g_array_remove_index(lives, j);
            break;
        }
    }
}

/* Both came since the run began, and are not the same but for their address. */
static bool is_mixed_up(const Thing *thing)
{
    return thing->on[CONFIG] && thing->on[LIVE] && !thing->on[FIRST_CONFIG] &&
           !thing->on[FIRST_LIVE] && *thing->on[CONFIG]->id == '#' && *thing->on[LIVE]->id == '#' &&
           !thing_is_metadata(thing) && !is_same(thing, false);
}

typedef struct {
    guint config, live;
} Parted;

static GArray *part(Things *things)
{
    GArray *parted = g_array_new(FALSE, FALSE, sizeof(Parted));
    guint n = things->names->len;
    for (guint i = 0; i < n; i++) {
        Thing thing = things_get(things, i);
        if (!is_mixed_up(&thing))
            continue;
        Parted names = {.config = i, .live = things_add_name(things, i)};
        things_rename(things, LIVE, i, names.live);
        g_array_append_val(parted, names);
    }
    return parted;
}

/* What is like no other one is what is at its address. */
static void join(Things *things, const GArray *parted)
{
    for (guint i = 0; i < parted->len; i++) {
        const Parted *names = &g_array_index(parted, Parted, i);
        Thing config = things_get(things, names->config), live = things_get(things, names->live);
        if (config.on[CONFIG] && !config.on[LIVE] && live.on[LIVE] && !live.on[CONFIG])
            things_rename(things, LIVE, names->live, names->config);
    }
}

/* Of several that are alike the one at the same address comes first. */
void pending_pair(Things *things)
{
    g_autoptr(GArray) parted = part(things);
    pair(things, true);
    pair(things, false);
    join(things, parted);
}
