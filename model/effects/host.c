/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host's capabilities offer to every domain: its type, architecture, machine and program.
 * Without capabilities nothing is offered. Used by section.c.
 */
#include <string.h>

#include "effects/effects.h"
#include "host/capabilities.h"

static bool has_word(char **words, const char *word)
{
    return word && g_strv_contains((const char *const *)words, word);
}

/* Containers share more of the host than a machine does. */
static bool is_machine(const DwGuest *guest, const Facts *facts)
{
    return strcmp(guest->os_type, "hvm") == 0 && g_strcmp0(facts->os_type, "hvm") == 0 &&
           g_strcmp0(guest->arch, facts->arch) == 0 && has_word(guest->types, facts->type);
}

static bool is_offered(const DwGuest *guest, const char *key, const char *value)
{
    if (strcmp(key, "emulator") == 0)
        return g_strcmp0(guest->emulator, value) == 0;
    if (strcmp(key, "machine") == 0)
        return has_word(guest->machines, value) || g_hash_table_contains(guest->aliases, value);
    return true; /* the guest is one of this type and architecture */
}

bool host_offers(const Facts *facts, const CoverRow *covered, const char *value)
{
    const DwCapabilities *capabilities = facts->context ? facts->context->capabilities : NULL;
    const GPtrArray *guests = capabilities ? dw_capabilities_guests(capabilities) : NULL;

    for (guint i = 0; guests && i < guests->len; i++)
        if (is_machine(guests->pdata[i], facts) &&
            is_offered(guests->pdata[i], covered->row->key, value))
            return true;
    return false;
}
