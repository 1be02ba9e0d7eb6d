/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-service ADDRESS: the least a service on the bus can be. It answers Peer.Ping, which sd-bus
 * does by itself, and Rows(u n), as many rows of a domain list from memory. Owns the floors of
 * bench-bus.
 */
#include "service.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

static int append_row(sd_bus_message *reply, unsigned index)
{
    char path[96], uuid[40], name[32];

    snprintf(uuid, sizeof uuid, "4dea22b3-1d52-d8f3-2516-782e%08x", index);
    snprintf(path, sizeof path,
             "/org/domwright1/host/local/domain/_4dea22b3_1d52_d8f3_2516_782e%08x", index);
    snprintf(name, sizeof name, "guest-%u", index);
    return sd_bus_message_append(reply, "(oa{sv})", path, 4, "name", "s", name, "uuid", "s", uuid,
                                 "state", "s", "shutoff", "active", "b", 0);
}

static int method_rows(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
    unsigned count;
    int r;

    r = sd_bus_message_read(message, "u", &count);
    if (r < 0)
        return r;
    r = sd_bus_message_new_method_return(message, &reply);
    if (r < 0)
        return r;
    r = sd_bus_message_open_container(reply, 'a', "(oa{sv})");
    for (unsigned i = 0; r >= 0 && i < count; i++)
        r = append_row(reply, i);
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    if (r < 0)
        return r;
    return sd_bus_send(NULL, reply, NULL);
}

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Rows", "u", "a(oa{sv})", method_rows, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static int serve(const char *address)
{
    _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
    int r;

    if ((r = sd_bus_new(&bus)) < 0 || (r = sd_bus_set_address(bus, address)) < 0 ||
        (r = sd_bus_set_bus_client(bus, 1)) < 0 || (r = sd_bus_start(bus)) < 0)
        return r;
    r = sd_bus_add_object_vtable(bus, NULL, FLOOR_PATH, FLOOR_INTERFACE, vtable, NULL);
    if (r < 0 || (r = sd_bus_request_name(bus, FLOOR_NAME, 0)) < 0)
        return r;
    while (r >= 0) {
        r = sd_bus_process(bus, NULL);
        if (r == 0)
            r = sd_bus_wait(bus, UINT64_MAX);
    }
    return r;
}

int main(int argc, char **argv)
{
    int r;

    if (argc != 2) {
        fprintf(stderr, "usage: bench-service ADDRESS\n");
        return 2;
    }
    r = serve(argv[1]);
    fprintf(stderr, "bench-service: %s\n", strerror(-r));
    return 1;
}
