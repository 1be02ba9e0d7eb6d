/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-calls TURNS SECONDS ADDRESS PREFIX [NAME...]: calls of host `local` that ask no libvirt,
 * beside the floor service: its Ping, or the same from its memory. Each turn is about another
 * of the domains PREFIX*, so that no cache of one flatters us.
 */
#include "caller.h"
#include "floor.h"
#include "measure.h"

#include <glib.h>
#include <stdio.h>

#define STRIDE 7919 /* a prime: visits all domains, never neighbours */

typedef struct {
    sd_bus *bus;
    Rows rows;
    uint64_t turn;
} Bench;

static const Row *next_row(Bench *bench)
{
    return &bench->rows.rows[bench->turn++ * STRIDE % bench->rows.count];
}

static void our_ping(void *bench)
{
    ping(((Bench *)bench)->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH);
}

static void floor_ping(void *bench)
{
    ping(((Bench *)bench)->bus, FLOOR_NAME, FLOOR_PATH);
}

static void our_property(void *data)
{
    static const char *const names[] = {"Name",       "UUID",      "Id",    "State", "Active",
                                        "Persistent", "Autostart", "Title", "Host"};
    Bench *bench = data;
    const char *name = names[bench->turn % G_N_ELEMENTS(names)];

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, next_row(bench)->path, PROPERTIES, "Get", "ss",
              DOMWRIGHT_DOMAIN_INTERFACE, name);
}

static void find(Bench *bench, const char *what)
{
    call_only(bench->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE,
              "FindDomain", "sa{sv}", what, 0);
}

static void our_name(void *bench)
{
    find(bench, next_row(bench)->name);
}

static void our_uuid(void *bench)
{
    find(bench, next_row(bench)->uuid);
}

static void floor_property(void *bench)
{
    call_only(((Bench *)bench)->bus, FLOOR_NAME, FLOOR_PATH, PROPERTIES, "Get", "ss",
              FLOOR_INTERFACE, "Name");
}

static void floor_find(void *bench)
{
    call_only(((Bench *)bench)->bus, FLOOR_NAME, FLOOR_PATH, FLOOR_INTERFACE, "Find", "sa{sv}",
              "name", 0);
}

static void our_list(void *bench)
{
    call_only(((Bench *)bench)->bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
              "ListDomains", "a{sv}", 0);
}

/* A table as people draw it. */
static void our_table(void *bench)
{
    call_only(((Bench *)bench)->bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
              "ListDomains", "a{sv}", 1, "columns", "as", 5, "name", "state", "memory", "vcpu",
              "disk/#1/source.file");
}

static void floor_list(void *bench)
{
    call_only(((Bench *)bench)->bus, FLOOR_NAME, FLOOR_PATH, FLOOR_INTERFACE, "Rows", "");
}

/* The floor service gets the very rows the daemon answers. */
static void teach_floor(sd_bus *bus)
{
    sd_bus_message *rows = call(bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
                                "ListDomains", "a{sv}", 0);
    sd_bus_message *keep = NULL;

    if (sd_bus_message_new_method_call(bus, &keep, FLOOR_NAME, FLOOR_PATH, FLOOR_INTERFACE,
                                       "Keep") < 0 ||
        sd_bus_message_copy(keep, rows, 1) < 0 || sd_bus_call(bus, keep, 0, NULL, NULL) < 0)
        die("the floor service does not take the list");
    sd_bus_message_unref(keep);
    sd_bus_message_unref(rows);
}

static const Pair pairs[] = {
    {"ping", our_ping, floor_ping, NULL, NULL},
    {"property", our_property, floor_ping, NULL, NULL},
    {"lookup-name", our_name, floor_ping, NULL, NULL},
    {"lookup-uuid", our_uuid, floor_ping, NULL, NULL},
    {"property-same", our_property, floor_property, NULL, NULL},
    {"lookup-same", our_name, floor_find, NULL, NULL},
    {"list", our_list, floor_list, NULL, NULL},
    {"table", our_table, our_list, NULL, NULL},
};

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;

    if (argc < 5) {
        fprintf(stderr, "usage: bench-calls TURNS SECONDS ADDRESS PREFIX [NAME...]\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    effort.names = (const char *const *)argv + 5;
    bench.bus = caller_open(argv[3]);
    bench.rows = rows_read(bench.bus, argv[4]);
    teach_floor(bench.bus);
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    sd_bus_flush_close_unref(bench.bus);
    return 0;
}
