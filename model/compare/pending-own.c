/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt expands a configuration when it starts a domain, and goes on writing into the running
 * document: none of that is anybody's change. Used by pending.c; any thread.
 */
#include "compare/pending-own.h"

#include "table/table.h"

/* ---- What libvirt does by itself ---- */

static bool begins(const char *key, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (g_str_has_prefix(key, *prefixes))
            return true;
    return false;
}

/* Of an empty drive libvirt keeps no format, once it has been started anew. */
static bool is_of_no_medium(const Thing *thing, const char *key)
{
    const DwDevice *config = thing->on[CONFIG], *live = thing->on[LIVE];
    return config && g_str_equal(live->kind, "disk") && thing_is_medium(config) &&
           !thing_states(live, "source.") && g_str_has_prefix(key, "driver.");
}

/* What changes in a running domain although nobody changed it: the balloon, addresses, names of
 * network devices, aliases that are given to what is plugged; and what the configuration says
 * nothing of: the rest of a chain, and in which order processors came. */
bool pending_moves(const Thing *thing, const char *key)
{
    static const char *const always[] = {"seclabel", "source.index", "mirror.", NULL};
    const DwDevice *live = thing->on[LIVE];
    if (!*live->kind && g_str_equal(key, "currentMemory"))
        return true;
    if (g_str_equal(live->kind, "interface") && g_str_equal(key, "target.dev"))
        return true;
    if (g_str_equal(key, "alias") &&
        (!g_str_has_prefix(thing_text(live, key), "ua-") || !thing_value(thing->on[CONFIG], key)))
        return true;
    if (g_str_has_prefix(key, "backing.") && !thing_states(thing->on[CONFIG], "backing."))
        return true;
    if (g_str_has_prefix(key, "vcpus.vcpu.") && !thing_value(thing->on[CONFIG], key))
        return true;
    return thing_is_address(key) || begins(key, always) || is_of_no_medium(thing, key);
}

/* A network says what is behind its interfaces: the running document has that, the configuration
 * the network. */
bool pending_is_of_network(const Thing *thing, const char *key)
{
    static const char *const keys[] = {"type",       "source.bridge", "source.portid",
                                       "source.dev", "source.mode",   NULL};
    const DwDevice *config = thing->on[CONFIG], *live = thing->on[LIVE];
    return g_strv_contains(keys, key) && config && live && g_str_equal(live->kind, "interface") &&
           g_str_equal(thing_text(config, "type"), "network") &&
           *thing_text(live, "source.network") != '\0';
}

/* The machine "pc" is one of several that the host names so. */
static bool is_alias(const char *config, const char *live)
{
    return !strchr(config, '-') && g_str_has_prefix(live, config);
}

static bool is_expanded_setting(const DwDevice *config, const DwDevice *live, const char *key)
{
    static const char *const processor[] = {"cpu.mode",     "cpu.check", "cpu.model",
                                            "cpu.feature.", "cpu.match", NULL};
    static const char *const firmware[] = {"os.loader", "os.nvram", "os.firmware", NULL};
    static const char *const placed[] = {"vcpu.cpuset", "numatune.", "cputune.", NULL};
    if (g_str_equal(key, "currentMemory") || begins(key, processor))
        return true;
    if (g_str_equal(key, "os.machine"))
        return is_alias(thing_text(config, key), thing_text(live, key));
    if (begins(key, firmware))
        return *thing_text(config, "os.firmware") != '\0';
    return begins(key, placed) && g_str_equal(thing_text(config, "vcpu.placement"), "auto");
}

static bool is_expanded_interface(const DwDevice *config, const char *key)
{
    static const char *const network[] = {"type", "source.", "virtualport", "target.", NULL};
    static const char *const own[] = {"target.", NULL};
    return begins(key, g_str_equal(thing_text(config, "type"), "network") ? network : own);
}

static bool is_expanded_graphics(const DwDevice *config, const char *key)
{
    static const char *const ports[] = {"port", "tlsPort", "websocket", "autoport", NULL};
    static const char *const shown[] = {"listen", NULL};
    const DwValue *port = thing_value(config, key);
    bool chosen = port && port->type == DW_VALUE_INT && port->i == -1;
    const DwValue *autoport = thing_value(config, "autoport");
    return begins(key, shown) ||
           (begins(key, ports) &&
            (chosen || (autoport && autoport->type == DW_VALUE_BOOL && autoport->b)));
}

static bool applies_live(const char *kind, const char *key)
{
    DwPlace place;
    return place_find(kind, key, &place) && place.row->flags & DW_ROW_LIVE;
}

/* What only the running domain has, and libvirt may have filled in: of the domain's own what nobody
 * can change meanwhile, of a disk the rest of its chain, of an interface all that its network may
 * have. */
static bool is_filled(const DwDevice *config, const char *key)
{
    static const char *const driver[] = {"driver.name", "driver.type", NULL};
    if (!*config->kind)
        return !applies_live("", key);
    if (g_str_equal(config->kind, "interface") &&
        g_str_equal(thing_text(config, "type"), "network"))
        return !g_str_equal(key, "link.state");
    return g_str_equal(key, "alias") ||
           (g_str_equal(config->kind, "disk") &&
            (g_strv_contains(driver, key) || g_str_has_prefix(key, "backing.")));
}

/* What libvirt writes otherwise into the document of the domain it starts. */
bool pending_is_expanded(const Thing *thing, const char *key)
{
    static const char *const characters[] = {"serial", "console",  "channel", "parallel",
                                             "rng",    "redirdev", "tpm",     NULL};
    static const char *const ends[] = {"source.", "backend.", "tty", NULL};
    const DwDevice *config = thing->on[CONFIG], *live = thing->on[LIVE];
    if (pending_moves(thing, key) || (!thing_value(config, key) && is_filled(config, key)))
        return true;
    if (!*config->kind)
        return is_expanded_setting(config, live, key);
    if (g_str_equal(config->kind, "interface"))
        return is_expanded_interface(config, key);
    if (g_str_equal(config->kind, "graphics"))
        return is_expanded_graphics(config, key);
    return g_strv_contains(characters, config->kind) && begins(key, ends);
}
