/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints domwright-keys(7): every key of the table, from the table itself. Run by the build. */
#include <domwright/model.h>
#include <stdio.h>
#include <string.h>

#include "roff.h"

static const char head[] =
    ".Dd 2026\n.Dt DOMWRIGHT-KEYS 7\n.Os\n"
    ".Sh NAME\n.Nm domwright-keys\n.Nd settings of libvirt domains by name\n"
    ".Sh DESCRIPTION\n"
    "The names by which\n.Xr domwright 1\nand the D-Bus service\n.Sy org.domwright1\n"
    "read and change settings of domains and of their devices.\n"
    "They are libvirt's own names, dotted: the element or attribute of the domain XML.\n"
    "An\n.Sy N\nstands for a number: the position from 1 of what repeats, such as the second host "
    "in\n"
    ".Sy source.host.2.name ,\n"
    "or the value of the attribute that is told, such as the virtual processor in\n"
    ".Sy cputune.vcpupin.0.cpuset .\n"
    ".Sy NAME\nis such a value that is a word; it may have dots of its own, as in\n"
    ".Sy cpu.feature.sse4.1.policy .\n"
    ".Pp\n"
    "After each name stands the D-Bus type of the value as it comes out.\n"
    "Going in, a value may have that type, any integer type it fits, or be a string:\n"
    ".Sy \"\\(dq4GiB\\(dq\"\nfor a size,\n.Sy \"\\(dqyes\\(dq\"\nor\n.Sy \"\\(dqoff\\(dq\"\n"
    "for a boolean,\n.Sy \"\\(dqhd,cdrom\\(dq\"\nfor a list.\n"
    "Sizes are bytes.\n"
    ".Pp\n"
    "A key is marked by when a change of it takes effect in a running domain:\n.Em live\n"
    "where that can be at once,\n.Em media\nwhere it can for the medium in a cdrom or floppy "
    "drive,\n"
    ".Em plug\nwhere the device can be removed and added anew; the others wait for the next "
    "start.\n"
    "It is marked\n.Em reach\nwhere it alters what the guest can reach on the host, or can with "
    "some values:\n"
    ".Xr domwright-reach 7\ntells which.\n";

static const char tail[] =
    ".Sh SEE ALSO\n.Xr domwright 1 ,\n.Xr domwright-reach 7 ,\n.Xr domwrightd 8\n";

static void print_range(const DwKey *key)
{
    if (key->max == UINT64_MAX || key->max == UINT32_MAX || (key->max == 0 && key->min > 0))
        printf("\nAt least %" G_GUINT64_FORMAT ".", (guint64)key->min);
    else if (key->max > 0)
        printf("\nFrom %" G_GINT64_FORMAT " to %" G_GUINT64_FORMAT ".", (gint64)key->min,
               (guint64)key->max);
}

/* What waits for the next start, as most does, has no mark. */
static const char *const applies[] = {
    [DW_APPLIES_RESTART] = "",    [DW_APPLIES_LIVE] = ", live", [DW_APPLIES_MEDIA] = ", media",
    [DW_APPLIES_PLUG] = ", plug", [DW_APPLIES_RUNTIME] = "",
};

static void print_key(const DwKey *key)
{
    fputs(".It Sy ", stdout);
    roff_text(key->key);
    printf(" Pq %s%s%s%s%s\n", key->type, *key->unit ? ", " : "", key->unit, applies[key->applies],
           key->reach ? ", reach" : "");
    roff_text(key->doc);
    if (*key->values) {
        g_autofree char *all = g_strjoinv(", ", key->values);
        fputs("\nOne of: ", stdout);
        roff_text(all);
        putchar('.');
    }
    if (*key->index)
        printf("\n%s stands for: %s.", strstr(key->key, "NAME") ? "N or NAME" : "N", key->index);
    print_range(key);
    if (*key->since)
        printf("\nSince libvirt %s.", key->since);
    putchar('\n');
}

int main(void)
{
    fputs(head, stdout);
    for (const char *const *kind = dw_kinds(); *kind; kind++) {
        g_autoptr(GPtrArray) keys = dw_keys_describe(*kind, "", NULL);
        printf(".Sh %s\n.Bl -tag -width Ds\n", **kind ? *kind : "DOMAIN");
        for (guint i = 0; i < keys->len; i++)
            print_key(keys->pdata[i]);
        puts(".El");
    }
    fputs(tail, stdout);
    return 0;
}
