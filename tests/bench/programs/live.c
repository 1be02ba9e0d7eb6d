/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-live TURNS SECONDS ADDRESS URI NAME [FIGURE...]: changes of the running domain NAME on host
 * `local`, its title and the link of its first interface, beside the floor service's Ping and the
 * same libvirt call made directly (at URI), for the link without and with the document read that
 * says from what it is changed; and a change of both sides, beside that of the
 * configuration and the same call after it.
 */
#include "caller.h"
#include "floor.h"
#include "guest.h"
#include "measure.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    sd_bus *bus;
    char *path; /* of our domain */
    virConnectPtr connection;
    virDomainPtr domain; /* the floor's, of the same name */
    char *interface;     /* its element without the end, and its MAC address; NULL: none */
    char *mac;
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

static char *read_document(const Bench *bench)
{
    char *text = virDomainGetXMLDesc(bench->domain, VIR_DOMAIN_XML_SECURE);

    if (!text)
        die("the document: %s", virGetLastErrorMessage());
    return text;
}

/* Another one each time; whoever has the turn. */
static const char *next_link(Bench *bench)
{
    return bench->turn++ % 2 ? "up" : "down";
}

static void our_link(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->path, DOMWRIGHT_CONFIG_INTERFACE,
              "ModifyDevice", "ssa{sv}asa{sv}", "interface", bench->mac, 1, "link.state", "s",
              next_link(bench), 0, 1, "affect", "s", "live");
}

static void set_link(Bench *bench)
{
    g_autofree char *text =
        g_strdup_printf("%s<link state='%s'/></interface>", bench->interface, next_link(bench));

    if (virDomainUpdateDeviceFlags(bench->domain, text, VIR_DOMAIN_AFFECT_LIVE) < 0)
        die("the link: %s", virGetLastErrorMessage());
}

static void floor_link(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    set_link(bench);
}

/* The whole device is sent, so what it is has to be read: libvirt tells nobody when another program
 * changes it. */
static void floor_link_read(void *data)
{
    Bench *bench = data;

    ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    free(read_document(bench));
    set_link(bench);
}

static void find_interface(Bench *bench)
{
    char *text = read_document(bench);
    const char *begin = strstr(text, "<interface "), *mac = begin ? strstr(begin, "<mac ") : NULL;
    const char *end = begin ? strstr(begin, "</interface>") : NULL;

    if (mac && end) {
        const char *address = strchr(mac, '\'') + 1;
        bench->interface = g_strndup(begin, end - begin);
        bench->mac = g_strndup(address, strcspn(address, "'"));
    }
    free(text);
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
    {"live-link", our_link, floor_link_read, NULL, NULL},
    {"live-link-call", our_link, floor_link, NULL, NULL},
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
    find_interface(&bench);
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    virDomainFree(bench.domain);
    virConnectClose(bench.connection);
    sd_bus_flush_close_unref(bench.bus);
    g_free(bench.path);
    g_free(bench.interface);
    g_free(bench.mac);
    return 0;
}
