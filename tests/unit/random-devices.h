/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of devices made up at random, and documents of them, for what compares documents. */
#pragma once

#include <glib.h>

/* Without an id, with one, with one that several have, and of a kind without any; a blank makes
 * them differ in their bytes alone. */
static void append_device(GString *xml, guint which, const char *blank)
{
    static const char *const devices[] = {
        "<serial type='pty'%s/>",
        "<serial type='unix'%s/>",
        "<disk type='file'%s><target dev='vda'/></disk>",
        "<disk type='file'%s><target dev='vdb'/></disk>",
        "<input type='tablet' bus='usb'%s/>",
        "<rng model='virtio'%s/>",
    };
    g_auto(GStrv) parts = g_strsplit(devices[which % G_N_ELEMENTS(devices)], "%s", 2);

    g_string_append_printf(xml, "%s%s%s", parts[0], blank, parts[1]);
}

static char *make_domain(const GArray *devices, const char *blank)
{
    GString *xml = g_string_new("<domain type='kvm'><devices>");

    for (guint i = 0; i < devices->len; i++)
        append_device(xml, g_array_index(devices, guint, i), blank);
    g_string_append(xml, "</devices></domain>");
    return g_string_free(xml, FALSE);
}

static void mutate_one(GRand *random, GArray *devices)
{
    guint at = (guint)g_rand_int_range(random, 0, (gint)devices->len + 1);
    guint which = g_rand_int(random) % 6;

    switch (g_rand_int_range(random, 0, 3)) {
    case 0:
        g_array_insert_val(devices, at, which);
        break;
    case 1:
        if (at < devices->len)
            g_array_remove_index(devices, at);
        break;
    default:
        if (at < devices->len)
            g_array_index(devices, guint, at) = which;
    }
}

static GArray *random_devices(GRand *random)
{
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(guint));

    while (g_rand_int_range(random, 0, 6) > 0) {
        guint which = g_rand_int(random) % 6;
        g_array_append_val(devices, which);
    }
    return devices;
}

static void mutate(GRand *random, GArray *devices, int times)
{
    while (times-- > 0)
        mutate_one(random, devices);
}
