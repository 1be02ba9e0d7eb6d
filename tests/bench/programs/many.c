/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-many TURNS SECONDS ADDRESS URI TYPE COUNT [NAME...]: one edit of COUNT domains of TYPE by
 * one ApplyAll on host `local`, beside the floors of as many single edits: for each the floor
 * service's Ping and get, edit, define in libvirt (at URI) and libxml2 directly. Ours are
 * "bench-…", which are there; the floor's are defined here.
 */
#include "caller.h"
#include "floor.h"
#include "guest.h"
#include "measure.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* After so many definitions at once their events are still being read. */
#define REST_US 500000

typedef struct {
    sd_bus *bus;
    virConnectPtr connection;
    unsigned count;
    virDomainPtr *domains; /* the floor's */
    char **documents;      /* theirs, as they were */
} Bench;

/* ---- ours ---- */

/* How many domains the answer says were changed. */
static unsigned count_changed(sd_bus_message *reply)
{
    unsigned changed = 0;
    int r = sd_bus_message_enter_container(reply, 'a', "(oa{sv})");

    while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "oa{sv}")) > 0) {
        const char *key;
        int value;

        r = sd_bus_message_skip(reply, "o");
        if (r >= 0)
            r = sd_bus_message_enter_container(reply, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
            r = sd_bus_message_read_basic(reply, 's', &key);
            if (r >= 0 && g_str_equal(key, "changed")) {
                r = sd_bus_message_read(reply, "v", "b", &value);
                changed += value != 0;
            } else if (r >= 0) {
                r = sd_bus_message_skip(reply, "v");
            }
            if (r >= 0)
                r = sd_bus_message_exit_container(reply);
        }
        if (r >= 0)
            r = sd_bus_message_exit_container(reply);
        if (r >= 0)
            r = sd_bus_message_exit_container(reply);
    }
    return changed;
}

static void apply_all(const Bench *bench, sd_bus_message *reply)
{
    unsigned changed = count_changed(reply);

    sd_bus_message_unref(reply);
    if (changed != bench->count)
        die("ApplyAll has changed %u domains, not %u", changed, bench->count);
}

static void our_titles(void *data)
{
    Bench *bench = data;

    apply_all(bench, call(bench->bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
                          "ApplyAll", "a{sv}a(sssa{sv}as)a{sv}", 1, "name", "s", "bench-*", 1,
                          "set", "", "", 1, "title", "s", PLAIN_TITLE, 0, 0));
}

static void undo_titles(void *data)
{
    Bench *bench = data;

    apply_all(bench, call(bench->bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
                          "ApplyAll", "a{sv}a(sssa{sv}as)a{sv}", 1, "name", "s", "bench-*", 1,
                          "set", "", "", 0, 1, "title", 0));
    usleep(REST_US);
}

/* ---- floors ---- */

static void floor_titles(void *data)
{
    Bench *bench = data;

    for (unsigned i = 0; i < bench->count; i++) {
        ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
        guest_edit(bench->connection, bench->domains[i], plain_set_title);
    }
}

static void undo_floor(void *data)
{
    Bench *bench = data;

    for (unsigned i = 0; i < bench->count; i++)
        guest_redefine(bench->connection, bench->documents[i]);
    usleep(REST_US);
}

static const Pair pairs[] = {{"apply-all", our_titles, floor_titles, undo_titles, undo_floor}};

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;

    if (argc < 7) {
        fprintf(stderr, "usage: bench-many TURNS SECONDS ADDRESS URI TYPE COUNT [NAME...]\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    effort.names = (const char *const *)argv + 7;
    bench.bus = caller_open(argv[3]);
    bench.connection = guest_connect(argv[4]);
    bench.count = (unsigned)strtoul(argv[6], NULL, 10);
    bench.domains = g_new(virDomainPtr, bench.count);
    bench.documents = g_new(char *, bench.count);
    for (unsigned i = 0; i < bench.count; i++) {
        g_autofree char *name = g_strdup_printf("floor-%u", i);

        bench.domains[i] = guest_define(bench.connection, argv[5], name);
        bench.documents[i] = guest_get(bench.domains[i]);
    }
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    for (unsigned i = 0; i < bench.count; i++) {
        virDomainUndefine(bench.domains[i]);
        virDomainFree(bench.domains[i]);
        free(bench.documents[i]);
    }
    virConnectClose(bench.connection);
    sd_bus_flush_close_unref(bench.bus);
    g_free(bench.domains);
    g_free(bench.documents);
    return 0;
}
