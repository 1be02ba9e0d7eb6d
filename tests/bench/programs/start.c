/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-start TURNS SECONDS ADDRESS COUNT PEER-UID -- OURS... -- PEER...: from spawning a service
 * to its name on the bus and to its first list of COUNT domains: domwrightd's host `local` beside
 * libvirt-dbus's QEMU host, each started and ended in turn. Run as root, libvirt-dbus is started as
 * PEER-UID, whose unprivileged libvirtd it looks for.
 */
#include "caller.h"
#include "measure.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_SECONDS 30

typedef struct {
    const char *name, *path, *interface, *type, *row; /* of the list and of what it holds */
    char **argv;
    uid_t uid; /* 0: stays what it is */
} Service;

typedef struct {
    sd_bus *bus;
    uint32_t count;
    const char *waiting; /* the name */
    double owned;
    bool gone;
} Bench;

typedef struct {
    double owned, listed;
} Times;

static int on_owner(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Bench *bench = userdata;
    const char *name, *before, *after;

    if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0 || !bench->waiting ||
        strcmp(name, bench->waiting) != 0)
        return 0;
    if (*after)
        bench->owned = now_us();
    else
        bench->gone = true;
    return 0;
}

static pid_t spawn(const Service *service)
{
    pid_t pid = fork_client();

    if (pid != 0)
        return pid;
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
        _exit(1);
    if (service->uid != 0 && (setgid(service->uid) < 0 || setuid(service->uid) < 0))
        _exit(1);
    execv(service->argv[0], service->argv);
    _exit(127);
}

static void wait_for(Bench *bench, const Service *service, const bool *gone)
{
    double start = now_us();

    while (gone ? !*gone : bench->owned == 0) {
        if (sd_bus_process(bench->bus, NULL) == 0)
            sd_bus_wait(bench->bus, 1000000);
        if (now_us() - start > START_SECONDS * 1e6)
            die("%s neither comes nor goes", service->name);
    }
}

static uint32_t list(const Bench *bench, const Service *service)
{
    sd_bus_message *reply;
    uint32_t count = 0;

    if (strcmp(service->type, "u") == 0)
        reply = call(bench->bus, service->name, service->path, service->interface, "ListDomains",
                     "u", 0);
    else
        reply = call(bench->bus, service->name, service->path, service->interface, "ListDomains",
                     "a{sv}", 0);
    sd_bus_message_enter_container(reply, 'a', service->row);
    while (sd_bus_message_skip(reply, service->row) > 0)
        count++;
    sd_bus_message_unref(reply);
    return count;
}

static Times measure(Bench *bench, const Service *service)
{
    double start;
    Times times;
    uint32_t count;
    pid_t pid;

    bench->waiting = service->name;
    bench->owned = 0;
    bench->gone = false;
    start = now_us();
    pid = spawn(service);
    wait_for(bench, service, NULL);
    count = list(bench, service);
    times = (Times){bench->owned - start, now_us() - start};
    if (count != bench->count)
        die("the first list of %s has %u domains, not %u", service->name, count, bench->count);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    wait_for(bench, service, &bench->gone);
    return times;
}

static void measure_both(Bench *bench, const Effort *effort, const Service *ours,
                         const Service *peer)
{
    Samples owned = {0}, listed = {0};
    double start = now_us();

    measure(bench, ours);
    measure(bench, peer);
    for (unsigned i = 0; i < effort->turns; i++) {
        Times us, them;

        if (i % 2) {
            us = measure(bench, ours);
            them = measure(bench, peer);
        } else {
            them = measure(bench, peer);
            us = measure(bench, ours);
        }
        samples_add(&owned, us.owned, them.owned);
        samples_add(&listed, us.listed, them.listed);
        if (i >= 8 && now_us() - start > effort->seconds * 1e6)
            break;
    }
    samples_report(&owned, "start-owned", "us");
    samples_report(&listed, "start-list", "us");
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    Service ours = {
        DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE, "a{sv}", "(oa{sv})", NULL, 0};
    Service peer = {"org.libvirt", "/org/libvirt/QEMU", "org.libvirt.Connect", "u", "o", NULL, 0};
    Effort effort;
    int i = 7;

    if (argc < 10 || strcmp(argv[6], "--") != 0) {
        fprintf(stderr, "usage: bench-start TURNS SECONDS ADDRESS COUNT PEER-UID -- OURS... -- "
                        "PEER...\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    bench.count = (uint32_t)strtoul(argv[4], NULL, 10);
    peer.uid = getuid() == 0 ? (uid_t)strtoul(argv[5], NULL, 10) : 0;
    ours.argv = argv + i;
    while (argv[i] && strcmp(argv[i], "--") != 0)
        i++;
    if (!argv[i] || !argv[i + 1])
        die("there is no other service to start");
    argv[i] = NULL;
    peer.argv = argv + i + 1;
    bench.bus = caller_open(argv[3]);
    if (sd_bus_match_signal(bench.bus, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "NameOwnerChanged", on_owner, &bench) < 0)
        die("the bus does not tell who comes");
    measure_both(&bench, &effort, &ours, &peer);
    sd_bus_flush_close_unref(bench.bus);
    return 0;
}
