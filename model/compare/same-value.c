/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt writes values in its own way: other case, the name behind an alias, sizes in its own
 * unit, sets of numbers as ranges. None of these is another value. Used by stored.c. Any thread.
 */
#include "compare/same-value.h"

#include <string.h>

#include "host/capabilities.h"

/* Sizes that libvirt keeps in KiB, and a few in MiB, are rounded up. */
static bool same_size(uint64_t asked, uint64_t stored)
{
    static const uint64_t units[] = {1024, 1024 * 1024};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (stored % units[i] == 0 && stored > asked && stored - asked < units[i])
            return true;
    return false;
}

/* "0x0781" and "1921" */
static bool same_number(const char *a, const char *b)
{
    char *a_end, *b_end;

    if (!g_ascii_isdigit(*a) || !g_ascii_isdigit(*b))
        return false;
    int a_base = g_ascii_strncasecmp(a, "0x", 2) == 0 ? 16 : 10;
    int b_base = g_ascii_strncasecmp(b, "0x", 2) == 0 ? 16 : 10;
    uint64_t first = g_ascii_strtoull(a, &a_end, a_base);
    uint64_t second = g_ascii_strtoull(b, &b_end, b_base);
    return *a_end == 0 && *b_end == 0 && first == second;
}

#define MAX_SET 4096

/* "0-3,^2" as bits, a byte each; false when it is no set of small numbers. */
static bool read_set(const char *text, char bits[static MAX_SET])
{
    memset(bits, 0, MAX_SET);
    while (*text) {
        bool out = *text == '^';
        char *end;
        text += out;
        if (!g_ascii_isdigit(*text))
            return false;
        uint64_t first = g_ascii_strtoull(text, &end, 10), last = first;
        if (*end == '-') {
            if (out || !g_ascii_isdigit(end[1]))
                return false;
            last = g_ascii_strtoull(end + 1, &end, 10);
        }
        if (first > last || last >= MAX_SET || (*end && *end != ','))
            return false;
        memset(bits + first, !out, last - first + 1);
        text = *end ? end + 1 : end;
    }
    return true;
}

static bool same_set(const char *a, const char *b)
{
    char first[MAX_SET], second[MAX_SET];

    return read_set(a, first) && read_set(b, second) && memcmp(first, second, MAX_SET) == 0;
}

static bool same_machine(const char *asked, const char *stored, const DwCapabilities *capabilities,
                         const char *arch)
{
    const DwGuest *guest = capabilities ? capabilities_find_guest(capabilities, arch, NULL) : NULL;
    const char *canonical = guest ? guest_canonical_machine(guest, asked) : NULL;

    return canonical && strcmp(canonical, stored) == 0;
}

static bool same_text(const DwRow *row, const char *asked, const char *stored)
{
    if (row->form == DW_FORM_PATH)
        return false;
    if (row->form == DW_FORM_UUID && !*asked)
        return true; /* libvirt was asked to make one */
    return g_ascii_strcasecmp(asked, stored) == 0 || same_number(asked, stored) ||
           same_set(asked, stored);
}

bool same_value(const DwRow *row, const char *key, const DwValue *asked, const DwValue *stored,
                const DwCapabilities *capabilities, const char *arch)
{
    if (dw_value_equal(asked, stored))
        return true;
    if (asked->type != stored->type)
        return false;
    if (row->form == DW_FORM_SIZE && asked->type == DW_VALUE_UINT64)
        return same_size(asked->u, stored->u);
    return asked->type == DW_VALUE_STRING &&
           (same_text(row, asked->s, stored->s) ||
            (strcmp(key, "os.machine") == 0 &&
             same_machine(asked->s, stored->s, capabilities, arch)));
}
