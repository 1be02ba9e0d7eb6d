/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-edits TURNS SECONDS ADDRESS URI TYPE [NAME...]: reading and editing a domain of TYPE on
 * host `local`, beside the floor: the floor service's Ping plus the same work done in libvirt (at
 * URI) and libxml2 directly. Each side has a domain of its own, alike but for the name.
 */
#include "caller.h"
#include "floor.h"
#include "guest.h"
#include "measure.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REST_US 2000

typedef struct {
    sd_bus *bus;
    char *path; /* of our domain */
    virConnectPtr connection;
    virDomainPtr domain; /* the floor's */
    char *xml;           /* its definition as it was */
} Bench;

/* What an edit sets off (events, signals, other programs' reading) must not be timed with the next.
 */
static void rest(void)
{
    usleep(REST_US);
}

/* ---- ours ---- */

static void our_xml(void *data)
{
    Bench *bench = data;

    guest_get_ours(bench->bus, bench->path);
}

static void our_settings(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->path, DOMWRIGHT_CONFIG_INTERFACE,
              "GetSettings", "asa{sv}", 1, "cpu.*", 0);
}

static void our_modify(void *data)
{
    Bench *bench = data;

    guest_set_title_ours(bench->bus, bench->path);
}

static void undo_modify(void *data)
{
    Bench *bench = data;

    guest_unset_title_ours(bench->bus, bench->path);
    rest();
}

static void our_disk(void *data)
{
    Bench *bench = data;

    guest_add_disk_ours(bench->bus, bench->path);
}

static void undo_disk(void *data)
{
    Bench *bench = data;

    guest_remove_disk_ours(bench->bus, bench->path);
    rest();
}

#define EDIT(key, value) "set", "", "", 1, key, "s", value, 0
#define UNSET(key)       "set", "", "", 0, 1, key

static void our_ten(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply",
              "a(sssa{sv}as)a{sv}", 10, EDIT("title", PLAIN_TITLE), EDIT("description", "a"),
              EDIT("memory", "2GiB"), EDIT("currentMemory", "1GiB"), EDIT("on_reboot", "restart"),
              EDIT("on_poweroff", "destroy"), EDIT("vcpu", "4"), EDIT("features.pae", "yes"),
              EDIT("clock.timer.rtc.tickpolicy", "catchup"), EDIT("os.bootmenu", "yes"), 0);
}

static void undo_ten(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply",
              "a(sssa{sv}as)a{sv}", 7, UNSET("title"), UNSET("description"), EDIT("memory", "1GiB"),
              EDIT("vcpu", "2"), UNSET("features.pae"), UNSET("clock.timer.rtc.*"),
              UNSET("os.bootmenu"), 0);
    rest();
}

/* ---- floors ---- */

static void floor_get(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    free(guest_get(bench->domain));
}

/* As if a service had the document at hand, after libvirt was asked all the same. */
static void floor_text(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, FLOOR_NAME, FLOOR_PATH, FLOOR_INTERFACE, "Text", "a{sv}", 0);
    free(guest_get(bench->domain));
}

static void floor_modify(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    guest_edit(bench->connection, bench->domain, plain_set_title);
}

static void floor_disk(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    guest_edit(bench->connection, bench->domain, plain_add_disk);
}

static void undo_floor(void *data)
{
    Bench *bench = data;

    guest_redefine(bench->connection, bench->xml);
    rest();
}

static const Pair pairs[] = {
    {"get-xml", our_xml, floor_get, NULL, NULL},
    {"get-xml-same", our_xml, floor_text, NULL, NULL},
    {"get-settings", our_settings, floor_get, NULL, NULL},
    {"modify-define", our_modify, floor_modify, undo_modify, undo_floor},
    {"add-disk-define", our_disk, floor_disk, undo_disk, undo_floor},
    {"apply-ten", our_ten, our_modify, undo_ten, undo_modify},
};

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;

    if (argc < 6) {
        fprintf(stderr, "usage: bench-edits TURNS SECONDS ADDRESS URI TYPE [NAME...]\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    effort.names = (const char *const *)argv + 6;
    bench.bus = caller_open(argv[3]);
    bench.connection = guest_connect(argv[4]);
    bench.domain = guest_define(bench.connection, argv[5], "edit-floor");
    bench.xml = guest_get(bench.domain);
    bench.path = guest_define_ours(bench.bus, argv[5], "edit-ours");
    call_only(bench.bus, FLOOR_NAME, FLOOR_PATH, FLOOR_INTERFACE, "KeepText", "s", bench.xml);
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    guest_undefine_ours(bench.bus, bench.path);
    virDomainUndefine(bench.domain);
    virDomainFree(bench.domain);
    virConnectClose(bench.connection);
    sd_bus_flush_close_unref(bench.bus);
    g_free(bench.path);
    free(bench.xml);
    return 0;
}
