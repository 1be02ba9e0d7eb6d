/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-peer TURNS SECONDS ADDRESS TYPE PEER-PATH [NAME...]: domwright's host `local` beside
 * libvirt-dbus on the same bus and the same kind of host, in the same jobs. libvirt-dbus has no
 * edits: there, its caller edits the XML with libxml2.
 */
#include "caller.h"
#include "guest.h"
#include "measure.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define PEER_NAME   "org.libvirt"
#define PEER_HOST   "org.libvirt.Connect"
#define PEER_DOMAIN "org.libvirt.Domain"

typedef struct {
    sd_bus *bus;
    char *path;
    const char *peer_host;
    char *peer;     /* the domain's path there */
    char *peer_xml; /* its definition as it was */
    uint32_t rows;  /* domains the last inventory had, ours and theirs */
    uint32_t peer_rows;
} Bench;

/* ---- ours ---- */

static void our_ping(void *bench)
{
    ping(((Bench *)bench)->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH);
}

static void our_property(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->path, PROPERTIES, "Get", "ss",
              DOMWRIGHT_DOMAIN_INTERFACE, "Active");
}

static void our_lookup(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE,
              "FindDomain", "sa{sv}", "peer-ours", 0);
}

static void our_inventory(void *data)
{
    Bench *bench = data;
    sd_bus_message *reply = call(bench->bus, DOMWRIGHT_BUS_NAME, HOST_PATH,
                                 DOMWRIGHT_HOST_INTERFACE, "ListDomains", "a{sv}", 0);
    const char *path, *name, *uuid, *state;
    int active;

    bench->rows = 0;
    sd_bus_message_enter_container(reply, 'a', "(oa{sv})");
    while (sd_bus_message_read(reply, "(oa{sv})", &path, 4, NULL, "s", &name, NULL, "s", &uuid,
                               NULL, "s", &state, NULL, "b", &active) > 0)
        bench->rows++;
    sd_bus_message_unref(reply);
}

static void our_xml(void *data)
{
    Bench *bench = data;

    guest_get_ours(bench->bus, bench->path);
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
}

/* ---- libvirt-dbus ---- */

static void peer_ping(void *data)
{
    Bench *bench = data;

    ping(bench->bus, PEER_NAME, bench->peer_host);
}

static void peer_property(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, PEER_NAME, bench->peer, PROPERTIES, "Get", "ss", PEER_DOMAIN, "Active");
}

static void peer_lookup(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, PEER_NAME, bench->peer_host, PEER_HOST, "DomainLookupByName", "s",
              "peer-theirs");
}

/* A call for the list, and one for each domain; the state alone would be another each. */
static void peer_inventory(void *data)
{
    Bench *bench = data;
    sd_bus_message *reply =
        call(bench->bus, PEER_NAME, bench->peer_host, PEER_HOST, "ListDomains", "u", 0);
    const char *path;

    bench->peer_rows = 0;
    sd_bus_message_enter_container(reply, 'a', "o");
    while (sd_bus_message_read_basic(reply, 'o', &path) > 0) {
        call_only(bench->bus, PEER_NAME, path, PROPERTIES, "GetAll", "s", PEER_DOMAIN);
        bench->peer_rows++;
    }
    sd_bus_message_unref(reply);
}

static char *peer_get(const Bench *bench)
{
    sd_bus_message *reply = call(bench->bus, PEER_NAME, bench->peer, PEER_DOMAIN, "GetXMLDesc", "u",
                                 VIR_DOMAIN_XML_INACTIVE);
    const char *text = NULL;
    char *copy;

    sd_bus_message_read(reply, "s", &text);
    copy = g_strdup(text);
    sd_bus_message_unref(reply);
    return copy;
}

static void peer_xml(void *bench)
{
    g_free(peer_get(bench));
}

static void peer_define(const Bench *bench, const char *xml)
{
    call_only(bench->bus, PEER_NAME, bench->peer_host, PEER_HOST, "DomainDefineXML", "s", xml);
}

static void peer_disk(void *bench)
{
    g_autofree char *before = peer_get(bench);
    xmlChar *after = plain_edit(before, plain_add_disk);

    if (!after)
        die("libvirt-dbus answers no domain");
    peer_define(bench, (const char *)after);
    xmlFree(after);
}

static void undo_peer(void *data)
{
    Bench *bench = data;

    peer_define(bench, bench->peer_xml);
}

static const Pair pairs[] = {
    {"peer-ping", our_ping, peer_ping, NULL, NULL},
    {"peer-property", our_property, peer_property, NULL, NULL},
    {"peer-lookup", our_lookup, peer_lookup, NULL, NULL},
    {"peer-inventory", our_inventory, peer_inventory, NULL, NULL},
    {"peer-get-xml", our_xml, peer_xml, NULL, NULL},
    {"peer-add-disk", our_disk, peer_disk, undo_disk, undo_peer},
};

static char *peer_find(const Bench *bench, const char *name)
{
    return reply_path(
        call(bench->bus, PEER_NAME, bench->peer_host, PEER_HOST, "DomainLookupByName", "s", name));
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;

    if (argc < 6) {
        fprintf(stderr, "usage: bench-peer TURNS SECONDS ADDRESS TYPE PEER-PATH [NAME...]\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    effort.names = (const char *const *)argv + 6;
    bench.bus = caller_open(argv[3]);
    bench.peer_host = argv[5];
    bench.path = guest_define_ours(bench.bus, argv[4], "peer-ours");
    g_autofree char *xml = guest_xml(argv[4], "peer-theirs");
    peer_define(&bench, xml);
    bench.peer = peer_find(&bench, "peer-theirs");
    bench.peer_xml = peer_get(&bench);
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    if (bench.rows != bench.peer_rows)
        die("our list has %u domains, libvirt-dbus's %u", bench.rows, bench.peer_rows);
    guest_undefine_ours(bench.bus, bench.path);
    call_only(bench.bus, PEER_NAME, bench.peer, PEER_DOMAIN, "Undefine", "u", 0);
    sd_bus_flush_close_unref(bench.bus);
    return 0;
}
