/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-cpu TURNS SECONDS ADDRESS URI TYPE DAEMON-PID FLOOR-PID: the processor time the daemon
 * spends on an edit with its definition, all its threads together, beside what libxml2 needs to
 * parse and serialise the same document.
 *
 * What is not the daemon's own is taken off: libvirt's client is measured here, in a process that
 * fetches and defines the same and hears of it by events on a thread of their own; the bus's part
 * is the floor service's for a Ping.
 */
#include "caller.h"
#include "floor.h"
#include "guest.h"
#include "measure.h"

#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define EDITS   16 /* to a turn: a single one is too short */
#define REST_US 20000
/* What a daemon does about others' changes is over when it takes less than that in a rest. */
#define QUIET_US   100
#define MOST_RESTS 50

typedef struct {
    sd_bus *bus;
    char *path;
    virConnectPtr connection;
    virDomainPtr domain;
    char *texts[2]; /* of the floor's domain, with a title and without */
    clockid_t daemon, floor;
} Bench;

static double clock_us(clockid_t clock)
{
    struct timespec time;

    if (clock_gettime(clock, &time) < 0)
        die("a process that is measured is gone");
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static clockid_t clock_of(const char *pid)
{
    clockid_t clock;

    if (clock_getcpuclockid((pid_t)strtol(pid, NULL, 10), &clock) != 0)
        die("there is no process %s", pid);
    return clock;
}

static void *run_events(void *unused)
{
    while (virEventRunDefaultImpl() == 0)
        ;
    return NULL;
}

static int on_event(virConnectPtr connection, virDomainPtr domain, int event, int detail,
                    void *opaque)
{
    return 0;
}

static void listen_to_events(virConnectPtr connection)
{
    pthread_t thread;

    if (virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                         VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL, NULL) < 0 ||
        pthread_create(&thread, NULL, run_events, NULL) != 0)
        die("no events: %s", virGetLastErrorMessage());
    pthread_detach(thread);
}

/* It also reads what libvirt_edits() has changed, some time later. */
static void await_quiet(const Bench *bench)
{
    double before, now = clock_us(bench->daemon);
    int rests = 0;

    do {
        before = now;
        usleep(REST_US);
        now = clock_us(bench->daemon);
    } while (now - before > QUIET_US && ++rests < MOST_RESTS);
}

static double daemon_edits(Bench *bench)
{
    double start;

    await_quiet(bench);
    start = clock_us(bench->daemon);
    for (int i = 0; i < EDITS; i++)
        if (i % 2)
            guest_unset_title_ours(bench->bus, bench->path);
        else
            guest_set_title_ours(bench->bus, bench->path);
    usleep(REST_US);
    return (clock_us(bench->daemon) - start) / EDITS;
}

static double libvirt_edits(Bench *bench)
{
    double start = clock_us(CLOCK_PROCESS_CPUTIME_ID);

    for (int i = 0; i < EDITS; i++) {
        free(guest_get(bench->domain));
        guest_redefine(bench->connection, bench->texts[i % 2]);
    }
    usleep(REST_US);
    return (clock_us(CLOCK_PROCESS_CPUTIME_ID) - start) / EDITS;
}

static double floor_pings(Bench *bench)
{
    double start = clock_us(bench->floor);

    for (int i = 0; i < EDITS; i++)
        ping(bench->bus, FLOOR_NAME, FLOOR_PATH);
    return (clock_us(bench->floor) - start) / EDITS;
}

static double plain_rounds(Bench *bench)
{
    double start = clock_us(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < EDITS; i++)
        xmlFree(plain_edit(bench->texts[i % 2], NULL));
    return (clock_us(CLOCK_THREAD_CPUTIME_ID) - start) / EDITS;
}

static void measure(Bench *bench, const Effort *effort)
{
    Samples own = {0}, whole = {0};
    double start = now_us();

    daemon_edits(bench);
    for (unsigned i = 0; i < effort->turns; i++) {
        double daemon = daemon_edits(bench), libvirt = libvirt_edits(bench);
        double bus = floor_pings(bench), plain = plain_rounds(bench);

        samples_add(&own, daemon - libvirt - bus, plain);
        samples_add(&whole, daemon, libvirt + bus + plain);
        if (i >= 8 && now_us() - start > effort->seconds * 1e6)
            break;
    }
    samples_report(&own, "cpu-edit", "us");
    samples_report(&whole, "cpu-edit-whole", "us");
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;

    if (argc != 8) {
        fprintf(stderr, "usage: bench-cpu TURNS SECONDS ADDRESS URI TYPE DAEMON-PID FLOOR-PID\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    bench.bus = caller_open(argv[3]);
    bench.daemon = clock_of(argv[6]);
    bench.floor = clock_of(argv[7]);
    virEventRegisterDefaultImpl();
    bench.connection = guest_connect(argv[4]);
    listen_to_events(bench.connection);
    bench.domain = guest_define(bench.connection, argv[5], "cpu-floor");
    bench.texts[0] = guest_get(bench.domain);
    guest_edit(bench.connection, bench.domain, plain_set_title);
    bench.texts[1] = guest_get(bench.domain);
    bench.path = guest_define_ours(bench.bus, argv[5], "cpu-ours");
    measure(&bench, &effort);
    guest_undefine_ours(bench.bus, bench.path);
    virDomainUndefine(bench.domain);
    return 0;
}
