/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-fill URI TYPE COUNT: fills a host with domains "bench-0" … "bench-COUNT-1", defined and not
 * started; says "ready" and holds its connection until its input ends, because a test driver
 * forgets everything when nobody is connected. With URI "bus:ADDRESS" domwrightd's host `local`
 * defines them, for a driver that lives inside the daemon.
 */
#include "caller.h"
#include "guest.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static void fill_over_bus(const char *address, const char *type, unsigned count)
{
    sd_bus *bus = caller_open(address);

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("bench-%u", i);

        g_free(guest_define_ours(bus, type, name));
    }
    sd_bus_flush_close_unref(bus);
}

static virConnectPtr fill(const char *uri, const char *type, unsigned count)
{
    virConnectPtr connection = guest_connect(uri);

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("bench-%u", i);

        virDomainFree(guest_define(connection, type, name));
    }
    return connection;
}

int main(int argc, char **argv)
{
    virConnectPtr connection = NULL;

    if (argc != 4) {
        fprintf(stderr, "usage: bench-fill URI TYPE COUNT\n");
        return 2;
    }
    if (g_str_has_prefix(argv[1], "bus:"))
        fill_over_bus(argv[1] + 4, argv[2], (unsigned)strtoul(argv[3], NULL, 10));
    else
        connection = fill(argv[1], argv[2], (unsigned)strtoul(argv[3], NULL, 10));
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        ;
    if (connection)
        virConnectClose(connection);
    return 0;
}
