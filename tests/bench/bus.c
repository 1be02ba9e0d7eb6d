/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-bus ADDRESS URI TYPE TURNS [NAME...]: domwrightd's host `local`, which is URI, called in
 * turn with the floor: the floor service's Ping plus the same work done in libvirt and libxml2
 * directly. Two alike domains of TYPE ("test", "qemu") are defined for it and undefined at the end.
 * With NAMEs, only those are measured.
 */
#include "measure.h"
#include "plain.h"
#include "service.h"

#include <domwright/names.h>
#include <glib.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

#define HOST_PATH      DOMWRIGHT_HOST_PREFIX "local"
#define PEER_NAME      "org.libvirt"
#define PEER_HOST      "/org/libvirt/Test"
#define PEER_INTERFACE "org.libvirt."

typedef struct {
    sd_bus *bus;
    virConnectPtr connection;
    virDomainPtr domain; /* the floor's */
    char *xml;           /* its definition as it was */
    char *path;          /* the daemon's */
    uint32_t rows;       /* domains the host has */
    char *peer;          /* libvirt-dbus's; NULL when it is not there */
    char *peer_xml;
} Bench;

typedef bool (*Action)(Bench *bench);

typedef struct {
    const char *name;
    Action ours, floor;
    Action undo_ours, undo_floor; /* not timed; NULL: nothing to undo */
    bool peer;                    /* the other side is libvirt-dbus */
} Case;

static char *definition(const char *type, const char *name)
{
    return g_strdup_printf("<domain type='%s'>\n"
                           "  <name>%s</name>\n"
                           "  <memory unit='KiB'>1048576</memory>\n"
                           "  <vcpu placement='static'>2</vcpu>\n"
                           "  <os>\n"
                           "    <type arch='%s'>hvm</type>\n"
                           "  </os>\n"
                           "  <features>\n    <acpi/>\n    <apic/>\n  </features>\n"
                           "  <clock offset='utc'/>\n"
                           "  <devices>\n"
                           "    <disk type='file' device='disk'>\n"
                           "      <driver name='qemu' type='qcow2'/>\n"
                           "      <source file='/srv/vm/bench.qcow2'/>\n"
                           "      <target dev='vda' bus='virtio'/>\n"
                           "    </disk>\n"
                           "  </devices>\n"
                           "</domain>\n",
                           type, name, g_str_equal(type, "test") ? "i686" : "x86_64");
}

static bool fine(int r, const sd_bus_error *error, const char *what)
{
    if (r < 0)
        fprintf(stderr, "bench-bus: %s: %s\n", what,
                error->message ? error->message : strerror(-r));
    return r >= 0;
}

/* A call to the daemon; the answer is read as a client must: received and checked by sd-bus. */
static bool call(Bench *bench, const char *path, const char *interface, const char *method,
                 sd_bus_message **ret_reply, const char *types, ...)
{
    _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL, *reply = NULL;
    va_list arguments;
    int r;

    r = sd_bus_message_new_method_call(bench->bus, &message, DOMWRIGHT_BUS_NAME, path, interface,
                                       method);
    if (r >= 0) {
        va_start(arguments, types);
        r = sd_bus_message_appendv(message, types, arguments);
        va_end(arguments);
    }
    if (r >= 0)
        r = sd_bus_call(bench->bus, message, 0, &error, &reply);
    if (ret_reply && r >= 0)
        *ret_reply = g_steal_pointer(&reply);
    return fine(r, &error, method);
}

static bool config(Bench *bench, const char *method, const char *types, const char *first)
{
    if (g_str_equal(types, "asa{sv}"))
        return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, method, NULL, types, 1, first,
                    0);
    if (g_str_equal(types, "sa{sv}"))
        return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, method, NULL, types, first, 0);
    return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, method, NULL, types, 0);
}

static bool ping(Bench *bench, const char *name, const char *path)
{
    _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = sd_bus_call_method(bench->bus, name, path, "org.freedesktop.DBus.Peer", "Ping", &error,
                               NULL, "");

    return fine(r, &error, "Ping");
}

/* ---- ours ---- */

static bool our_ping(Bench *bench)
{
    return ping(bench, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH);
}

static bool our_property(Bench *bench)
{
    return call(bench, bench->path, "org.freedesktop.DBus.Properties", "Get", NULL, "ss",
                DOMWRIGHT_DOMAIN_INTERFACE, "State");
}

static bool our_list(Bench *bench)
{
    return call(bench, HOST_PATH, DOMWRIGHT_HOST_INTERFACE, "ListDomains", NULL, "a{sv}", 0);
}

static bool our_settings(Bench *bench)
{
    return config(bench, "GetSettings", "asa{sv}", "cpu.*");
}

static bool our_xml(Bench *bench)
{
    return config(bench, "GetXML", "a{sv}", NULL);
}

static bool our_modify(Bench *bench)
{
    return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Modify", NULL, "a{sv}asa{sv}", 1,
                "title", "s", "measured", 0, 0);
}

static bool undo_modify(Bench *bench)
{
    return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Modify", NULL, "a{sv}asa{sv}", 0,
                1, "title", 0);
}

#define EDIT(key, value) "set", "", "", 1, key, "s", value, 0
#define UNSET(key)       "set", "", "", 0, 1, key

static bool our_ten(Bench *bench)
{
    return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply", NULL, "a(sssa{sv}as)a{sv}",
                10, EDIT("title", "measured"), EDIT("description", "a"), EDIT("memory", "2GiB"),
                EDIT("currentMemory", "1GiB"), EDIT("on_reboot", "restart"),
                EDIT("on_poweroff", "destroy"), EDIT("vcpu", "4"), EDIT("features.pae", "yes"),
                EDIT("clock.timer.rtc.tickpolicy", "catchup"), EDIT("os.bootmenu", "yes"), 0);
}

static bool undo_ten(Bench *bench)
{
    return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "Apply", NULL, "a(sssa{sv}as)a{sv}",
                7, UNSET("title"), UNSET("description"), EDIT("memory", "1GiB"), EDIT("vcpu", "2"),
                UNSET("features.pae"), UNSET("clock.timer.rtc.*"), UNSET("os.bootmenu"), 0);
}

static bool our_disk(Bench *bench)
{
    return call(bench, bench->path, DOMWRIGHT_CONFIG_INTERFACE, "AddDisk", NULL, "a{sv}a{sv}", 4,
                "source.file", "s", PLAIN_DISK_FILE, "driver.type", "s", PLAIN_DISK_TYPE,
                "target.dev", "s", PLAIN_DISK_TARGET, "target.bus", "s", PLAIN_DISK_BUS, 0);
}

static bool undo_disk(Bench *bench)
{
    return config(bench, "RemoveDisk", "sa{sv}", PLAIN_DISK_TARGET);
}

/* ---- floors ---- */

static bool floor_ping(Bench *bench)
{
    return ping(bench, FLOOR_NAME, FLOOR_PATH);
}

static bool floor_list(Bench *bench)
{
    _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
    int r = sd_bus_call_method(bench->bus, FLOOR_NAME, FLOOR_PATH, FLOOR_INTERFACE, "Rows", &error,
                               NULL, "u", bench->rows);

    return fine(r, &error, "Rows");
}

static bool floor_get(Bench *bench)
{
    g_autofree char *xml = virDomainGetXMLDesc(bench->domain, VIR_DOMAIN_XML_INACTIVE);

    return xml && floor_ping(bench);
}

static bool define(Bench *bench, const char *xml)
{
    virDomainPtr domain = virDomainDefineXML(bench->connection, xml);

    if (domain)
        virDomainFree(domain);
    return domain != NULL;
}

static bool floor_edit(Bench *bench)
{
    g_autofree char *before = virDomainGetXMLDesc(bench->domain, VIR_DOMAIN_XML_INACTIVE);
    xmlChar *after = before ? plain_edit(before) : NULL;
    bool done = after && define(bench, (const char *)after);

    xmlFree(after);
    return done && floor_ping(bench);
}

static bool undo_floor(Bench *bench)
{
    return define(bench, bench->xml);
}

/* ---- libvirt-dbus, on its test driver ---- */

static bool peer_call(Bench *bench, const char *path, const char *interface, const char *method,
                      sd_bus_message **ret_reply, const char *types, ...)
{
    _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
    va_list arguments;
    int r;

    va_start(arguments, types);
    r = sd_bus_call_methodv(bench->bus, PEER_NAME, path, interface, method, &error, ret_reply,
                            types, arguments);
    va_end(arguments);
    return fine(r, &error, method);
}

static bool peer_ping(Bench *bench)
{
    return ping(bench, PEER_NAME, PEER_HOST);
}

static bool peer_get(Bench *bench)
{
    return peer_call(bench, bench->peer, PEER_INTERFACE "Domain", "GetXMLDesc", NULL, "u",
                     VIR_DOMAIN_XML_INACTIVE);
}

static bool peer_define(Bench *bench, const char *xml)
{
    return peer_call(bench, PEER_HOST, PEER_INTERFACE "Connect", "DomainDefineXML", NULL, "s", xml);
}

/* What a program does that has libvirt-dbus: fetch, edit with a library of its own, define. */
static bool peer_edit(Bench *bench)
{
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
    xmlChar *after;
    const char *before;
    bool done;

    if (!peer_call(bench, bench->peer, PEER_INTERFACE "Domain", "GetXMLDesc", &reply, "u",
                   VIR_DOMAIN_XML_INACTIVE) ||
        sd_bus_message_read(reply, "s", &before) < 0)
        return false;
    after = plain_edit(before);
    done = after && peer_define(bench, (const char *)after);
    xmlFree(after);
    return done;
}

static bool undo_peer(Bench *bench)
{
    return peer_define(bench, bench->peer_xml);
}

static bool peer_set_up(Bench *bench)
{
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *found = NULL, *shown = NULL;
    g_autofree char *wanted = definition("test", "bench-peer");
    const char *path, *xml;

    if (!peer_define(bench, wanted) ||
        !peer_call(bench, PEER_HOST, PEER_INTERFACE "Connect", "DomainLookupByName", &found, "s",
                   "bench-peer") ||
        sd_bus_message_read(found, "o", &path) < 0 ||
        !peer_call(bench, path, PEER_INTERFACE "Domain", "GetXMLDesc", &shown, "u",
                   VIR_DOMAIN_XML_INACTIVE) ||
        sd_bus_message_read(shown, "s", &xml) < 0)
        return false;
    bench->peer = g_strdup(path);
    bench->peer_xml = g_strdup(xml);
    return true;
}

static bool floor_one(Bench *bench)
{
    return our_modify(bench);
}

static const Case cases[] = {
    {"ping", our_ping, floor_ping, NULL, NULL, false},
    {"property", our_property, floor_ping, NULL, NULL, false},
    {"list", our_list, floor_list, NULL, NULL, false},
    {"get-settings", our_settings, floor_get, NULL, NULL, false},
    {"get-xml", our_xml, floor_get, NULL, NULL, false},
    {"modify-define", our_modify, floor_edit, undo_modify, undo_floor, false},
    {"add-disk-define", our_disk, floor_edit, undo_disk, undo_floor, false},
    {"apply-ten", our_ten, floor_one, undo_ten, undo_modify, false},
    {"peer-ping", our_ping, peer_ping, NULL, NULL, true},
    {"peer-get-xml", our_xml, peer_get, NULL, NULL, true},
    {"peer-add-disk", our_disk, peer_edit, undo_disk, undo_peer, true},
};

/* Whether libvirt-dbus is there to be measured: it serves the test driver by a path of its own. */
static bool has_peer(Bench *bench, const char *type)
{
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
    int owned = 0;

    return g_str_equal(type, "test") &&
           sd_bus_call_method(bench->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                              "org.freedesktop.DBus", "NameHasOwner", NULL, &reply, "s",
                              PEER_NAME) >= 0 &&
           sd_bus_message_read(reply, "b", &owned) >= 0 && owned;
}

static bool turn(Bench *bench, const Case *one, bool ours_first, double *ret_ours,
                 double *ret_floor)
{
    for (unsigned half = 0; half < 2; half++) {
        bool ours = ours_first == (half == 0);
        Action undo = ours ? one->undo_ours : one->undo_floor;
        double start = now_us();

        if (!(ours ? one->ours : one->floor)(bench))
            return false;
        *(ours ? ret_ours : ret_floor) = now_us() - start;
        if (undo && !undo(bench))
            return false;
    }
    return true;
}

static bool measure(Bench *bench, const Case *one, unsigned turns)
{
    Samples samples = {0};
    bool done = true;

    for (unsigned i = 0; done && i < turns + turns / 10 + 3; i++) {
        double ours = 0, floor = 0;

        done = turn(bench, one, i % 2, &ours, &floor);
        if (done && i >= turns / 10 + 3) /* the first ones warm up */
            samples_add(&samples, ours, floor);
    }
    if (done)
        samples_report(&samples, one->name);
    samples_clear(&samples);
    return done;
}

static bool set_up(Bench *bench, const char *address, const char *uri, const char *type)
{
    g_autofree char *ours = definition(type, "bench-ours");
    g_autofree char *floor = definition(type, "bench-floor");
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
    const char *path;
    int count;

    if (sd_bus_new(&bench->bus) < 0 || sd_bus_set_address(bench->bus, address) < 0 ||
        sd_bus_set_bus_client(bench->bus, 1) < 0 || sd_bus_start(bench->bus) < 0)
        return false;
    bench->connection = virConnectOpen(uri);
    if (!bench->connection || !define(bench, floor) ||
        !(bench->domain = virDomainLookupByName(bench->connection, "bench-floor")))
        return false;
    bench->xml = virDomainGetXMLDesc(bench->domain, VIR_DOMAIN_XML_INACTIVE);
    if (!call(bench, HOST_PATH, DOMWRIGHT_HOST_INTERFACE, "DefineXML", &reply, "sa{sv}", ours, 0) ||
        sd_bus_message_read(reply, "o", &path) < 0)
        return false;
    bench->path = g_strdup(path);
    count = virConnectNumOfDomains(bench->connection) +
            virConnectNumOfDefinedDomains(bench->connection);
    bench->rows = count > 0 ? (uint32_t)count : 0;
    return !has_peer(bench, type) || peer_set_up(bench);
}

static void tear_down(Bench *bench)
{
    if (bench->path)
        call(bench, bench->path, DOMWRIGHT_DOMAIN_INTERFACE, "Undefine", NULL, "a{sv}", 0);
    if (bench->peer)
        peer_call(bench, bench->peer, PEER_INTERFACE "Domain", "Undefine", NULL, "u", 0);
    if (bench->domain) {
        virDomainUndefine(bench->domain);
        virDomainFree(bench->domain);
    }
    if (bench->connection)
        virConnectClose(bench->connection);
    sd_bus_flush_close_unref(bench->bus);
    free(bench->xml);
    g_free(bench->path);
    g_free(bench->peer);
    g_free(bench->peer_xml);
}

static bool is_wanted(char **names, const char *name)
{
    return !*names || g_strv_contains((const char *const *)names, name);
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    bool done;

    if (argc < 5) {
        fprintf(stderr, "usage: bench-bus ADDRESS URI TYPE TURNS [NAME...]\n");
        return 2;
    }
    done = set_up(&bench, argv[1], argv[2], argv[3]);
    for (size_t i = 0; done && i < G_N_ELEMENTS(cases); i++)
        done = (cases[i].peer && !bench.peer) || !is_wanted(argv + 5, cases[i].name) ||
               measure(&bench, &cases[i], (unsigned)strtoul(argv[4], NULL, 10));
    tear_down(&bench);
    return done ? 0 : 1;
}
