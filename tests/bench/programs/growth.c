/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-growth ADDRESS TYPE DAEMON-PID CALLS DEFINES: how much memory of its own the daemon gains
 * over CALLS calls of all kinds, good and bad, from many connections, and over DEFINES domains
 * defined and undefined again. Each is counted from where some thousands have led, so that what is
 * only kept for next time is not taken for growth.
 */
#include "caller.h"
#include "guest.h"
#include "measure.h"

#include <dirent.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_A_CONNECTION 1000
#define WARMING            10000
#define CONFIG             DOMWRIGHT_CONFIG_INTERFACE

typedef struct {
    const char *address, *type, *pid;
    sd_bus *bus;
    char *path; /* of a domain */
} Bench;

/* ---- The daemon seen from outside ---- */

static unsigned long status_field(const Bench *bench, const char *field)
{
    g_autofree char *file = g_strdup_printf("/proc/%s/status", bench->pid);
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents(file, &text, NULL, NULL) || !(line = strstr(text, field)))
        die("process %s has no %s", bench->pid, field);
    return strtoul(line + strlen(field), NULL, 10);
}

static unsigned open_files(const Bench *bench)
{
    g_autofree char *folder = g_strdup_printf("/proc/%s/fd", bench->pid);
    DIR *directory = opendir(folder);
    unsigned count = 0;

    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

/* ---- Calls ---- */

static void fails(Bench *bench, const char *path, const char *method, const char *types,
                  const char *key)
{
    if (sd_bus_call_method(bench->bus, DOMWRIGHT_BUS_NAME, path, CONFIG, method, NULL, NULL, types,
                           1, key, 0) >= 0)
        die("%s takes %s", method, key);
}

static void call_build(Bench *bench)
{
    call_only(bench->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "Build",
              "a{sv}a(sa{sv})a{sv}", 2, "name", "s", "built", "memory", "s", "1GiB", 1, "disk", 2,
              "source.file", "s", PLAIN_DISK_FILE, "target.bus", "s", "virtio", 0);
}

static void call_parse(Bench *bench)
{
    g_autofree char *xml = guest_xml(bench->type, "parsed");

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "Parse",
              "sa{sv}", xml, 0);
}

static void call_draft(Bench *bench)
{
    g_autofree char *draft = reply_path(call(bench->bus, DOMWRIGHT_BUS_NAME, bench->path,
                                             DOMWRIGHT_DOMAIN_INTERFACE, "Edit", "a{sv}", 0));

    guest_add_disk_ours(bench->bus, draft);
    call_only(bench->bus, DOMWRIGHT_BUS_NAME, draft, DOMWRIGHT_DRAFT_INTERFACE, "Discard", "a{sv}",
              0);
}

/* How many calls it was. */
static unsigned call_some(Bench *bench, unsigned turn)
{
    sd_bus *bus = bench->bus;
    const char *path = bench->path;

    switch (turn % 16) {
    case 0:
        call_build(bench);
        return 1;
    case 1:
        call_parse(bench);
        return 1;
    case 2:
        call_draft(bench);
        return 3;
    case 3:
        fails(bench, path, "GetSettings", "asa{sv}", "no.such.key");
        return 1;
    case 4:
        call_only(bus, DOMWRIGHT_BUS_NAME, path, CONFIG, "Modify", "a{sv}asa{sv}", 1, "title", "s",
                  PLAIN_TITLE, 0, 2, "dry-run", "b", 1, "diff", "b", 1);
        return 1;
    case 5:
        call_only(bus, DOMWRIGHT_BUS_NAME, path, CONFIG, "Describe", "a{sv}", 0);
        return 1;
    case 6:
        call_only(bus, DOMWRIGHT_BUS_NAME, path, CONFIG, "GetDevices", "sa{sv}", "disk", 0);
        return 1;
    case 7:
        guest_get_ours(bus, path);
        return 1;
    case 8:
        call_only(bus, DOMWRIGHT_BUS_NAME, path, PROPERTIES, "GetAll", "s",
                  DOMWRIGHT_DOMAIN_INTERFACE);
        return 1;
    case 9:
        call_only(bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE,
                  "FindDomain", "sa{sv}", "growth", 0);
        return 1;
    case 10:
        call_only(bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE, "ListDomains",
                  "a{sv}", 1, "name", "s", "growth*");
        return 1;
    case 11:
        call_only(bus, DOMWRIGHT_BUS_NAME, path, CONFIG, "GetSettings", "asa{sv}", 1, "memory", 0);
        return 1;
    case 12:
        ping(bus, DOMWRIGHT_BUS_NAME, path);
        return 1;
    default:
        call_only(bus, DOMWRIGHT_BUS_NAME, path, PROPERTIES, "Get", "ss",
                  DOMWRIGHT_DOMAIN_INTERFACE, "State");
        return 1;
    }
}

static void make_calls(Bench *bench, unsigned count)
{
    for (unsigned made = 0, turn = 0, next = 0; made < count; turn++) {
        if (made >= next) {
            sd_bus_flush_close_unref(bench->bus);
            bench->bus = caller_open(bench->address);
            next += CALLS_A_CONNECTION;
        }
        made += call_some(bench, turn);
    }
}

static void define_some(Bench *bench, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("growing-%u", i);
        g_autofree char *path = guest_define_ours(bench->bus, bench->type, name);

        guest_undefine_ours(bench->bus, path);
    }
}

static void measure(Bench *bench, const char *name, void (*work)(Bench *, unsigned), unsigned count)
{
    unsigned long before, after;
    unsigned files;
    double growth;

    work(bench, MAX(count / 10, MIN(count, WARMING)));
    before = status_field(bench, "RssAnon:");
    files = open_files(bench);
    work(bench, count);
    after = status_field(bench, "RssAnon:");
    growth = (double)after - (double)before;
    g_autofree char *note =
        g_strdup_printf("%u times; RssAnon %lu to %lu KiB, open files %u to %u, %lu threads", count,
                        before, after, files, open_files(bench), status_field(bench, "Threads:"));
    values_report(&growth, 1, name, "KiB", note);
}

int main(int argc, char **argv)
{
    Bench bench = {0};

    if (argc != 6) {
        fprintf(stderr, "usage: bench-growth ADDRESS TYPE DAEMON-PID CALLS DEFINES\n");
        return 2;
    }
    bench = (Bench){.address = argv[1], .type = argv[2], .pid = argv[3]};
    bench.bus = caller_open(bench.address);
    bench.path = guest_define_ours(bench.bus, bench.type, "growth");
    measure(&bench, "growth-calls", make_calls, (unsigned)strtoul(argv[4], NULL, 10));
    measure(&bench, "growth-defines", define_some, (unsigned)strtoul(argv[5], NULL, 10));
    guest_undefine_ours(bench.bus, bench.path);
    sd_bus_flush_close_unref(bench.bus);
    g_free(bench.path);
    return 0;
}
