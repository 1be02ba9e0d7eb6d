/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-live TURNS SECONDS ADDRESS URI NAME [FIGURE...]: a change of the running domain NAME on
 * host `local`, beside the floor service's Ping and the same libvirt call made directly (at URI),
 * without and with the documents read that say from what and to what it was changed; and a change
 * of both sides, beside that of the configuration and the same call after it.
 */
#include "caller.h"
#include "floor.h"
#include "guest.h"
#include "measure.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    sd_bus *bus;
    char *path; /* of our domain */
    virConnectPtr connection;
    virDomainPtr domain; /* the floor's, of the same name */
    unsigned turn;
} Bench;

/* Another one each time, or there is nothing to change. */
static char *next_title(Bench *bench)
{
    return g_strdup_printf("turn %u", bench->turn++);
}

static void set_title_ours(Bench *bench, const char *affect)
{
    g_autofree char *title = next_title(bench);

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Modify",
              "a{sv}asa{sv}", 1, "title", "s", title, 0, 1, "affect", "s", affect);
}

static void set_title_live(Bench *bench)
{
    g_autofree char *title = next_title(bench);

    if (virDomainSetMetadata(bench->domain, VIR_DOMAIN_METADATA_TITLE, title, NULL, NULL,
                             VIR_DOMAIN_AFFECT_LIVE) < 0)
        die("the title: %s", virGetLastErrorMessage());
}

static void our_live(void *bench)
{
    set_title_ours(bench, "live");
}

static void floor_live(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    set_title_live(bench);
}

static void read_document(const Bench *bench, unsigned flags)
{
    char *text = virDomainGetXMLDesc(bench->domain, VIR_DOMAIN_XML_SECURE | flags);

    if (!text)
        die("the document: %s", virGetLastErrorMessage());
    free(text);
}

/* The answer has the configuration's revision, a change is made of what is there, and libvirt takes
 * some changes for done that it did not make. */
static void floor_live_same(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    read_document(bench, VIR_DOMAIN_XML_INACTIVE);
    read_document(bench, 0);
    set_title_live(bench);
    read_document(bench, 0);
}

static void our_both(void *bench)
{
    set_title_ours(bench, "both");
}

static void config_and_live(void *bench)
{
    set_title_ours(bench, "config");
    set_title_live(bench);
}

static const Pair pairs[] = {
    {"live", our_live, floor_live, NULL, NULL},
    {"live-same", our_live, floor_live_same, NULL, NULL},
    {"both", our_both, config_and_live, NULL, NULL},
};

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;

    if (argc < 6) {
        fprintf(stderr, "usage: bench-live TURNS SECONDS ADDRESS URI NAME [FIGURE...]\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    effort.names = (const char *const *)argv + 6;
    bench.bus = caller_open(argv[3]);
    bench.connection = guest_connect(argv[4]);
    bench.domain = virDomainLookupByName(bench.connection, argv[5]);
    if (!bench.domain)
        die("%s: %s", argv[5], virGetLastErrorMessage());
    bench.path = reply_path(call(bench.bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH,
                                 DOMWRIGHT_MANAGER_INTERFACE, "FindDomain", "sa{sv}", argv[5], 0));
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    virDomainFree(bench.domain);
    virConnectClose(bench.connection);
    sd_bus_flush_close_unref(bench.bus);
    g_free(bench.path);
    return 0;
}
