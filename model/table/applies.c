/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a change of a key takes effect in a domain that runs. A row says itself whether it applies
 * to a running domain; here stand parts of devices whose rows are shared with others, and the kinds
 * of device that can be plugged. Any thread.
 */
#include "table/applies.h"

#include <string.h>

/* By the beginning of a disk's keys: what is inside a drive. */
static const char *const medium_keys[] = {"type", "source.", "driver.type", "backing."};

/* That QEMU can add to a running domain and remove from it, some of them on some buses only. */
static const char *const plugged_kinds[] = {
    "disk",  "controller", "interface", "hostdev", "channel", "serial",   "rng",        "redirdev",
    "lease", "memory",     "shmem",     "input",   "vsock",   "watchdog", "filesystem",
};

static bool is_plugged(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(plugged_kinds); i++)
        if (strcmp(plugged_kinds[i], kind) == 0)
            return true;
    return false;
}

bool key_is_of_medium(const char *kind, const char *key)
{
    if (strcmp(kind, "disk") != 0)
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(medium_keys); i++) {
        gsize length = strlen(medium_keys[i]);
        if (strncmp(key, medium_keys[i], length) == 0 &&
            (medium_keys[i][length - 1] == '.' || key[length] == 0))
            return true;
    }
    return false;
}

/* Of the source, which for the rest is inside the drive: libvirt changes it in any disk. */
static bool is_start_policy(const char *kind, const char *key)
{
    return strcmp(kind, "disk") == 0 && strcmp(key, "source.startupPolicy") == 0;
}

/* Of a running domain only the guest, or a change of the medium, moves it. */
static bool is_tray(const char *kind, const char *key)
{
    return strcmp(kind, "disk") == 0 && strcmp(key, "target.tray") == 0;
}

DwApplies row_applies(const char *kind, const char *key, bool live, bool output)
{
    if (output || is_tray(kind, key))
        return DW_APPLIES_RUNTIME;
    if (live || is_start_policy(kind, key))
        return DW_APPLIES_LIVE;
    if (key_is_of_medium(kind, key))
        return DW_APPLIES_MEDIA;
    return is_plugged(kind) ? DW_APPLIES_PLUG : DW_APPLIES_RESTART;
}

const char *dw_applies_name(DwApplies applies)
{
    static const char *const names[] = {
        [DW_APPLIES_RESTART] = "restart", [DW_APPLIES_LIVE] = "live",
        [DW_APPLIES_MEDIA] = "media",     [DW_APPLIES_PLUG] = "plug",
        [DW_APPLIES_RUNTIME] = "runtime",
    };
    return names[applies];
}
