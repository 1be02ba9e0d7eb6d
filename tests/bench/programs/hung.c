/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-hung TURNS SECONDS ADDRESS LIBVIRTD-PID STUCK RESUME: stops the libvirtd behind host
 * `local` with STUCK calls in flight, and times what does not need it (host `other`, the inventory,
 * a draft) beside the same before and after; then how long the stuck calls took to end and how, and
 * how soon after libvirtd goes on the host answers again. libvirtd goes on when all calls have
 * ended, or after RESUME seconds if that is not 0. It must be this program's user's to signal.
 */
#include "caller.h"
#include "floor.h"
#include "measure.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_STUCK        1000
#define PAUSE_US         3000
#define RECOVERY_SECONDS 60

/* What the process with the stuck calls tells. */
typedef struct {
    volatile unsigned sent, ended;
    double times[MAX_STUCK];
    char errors[MAX_STUCK][64];
} Stuck;

typedef struct {
    sd_bus *bus;
    Rows rows;
    char *other, *draft; /* paths */
    unsigned turn;
} Bench;

/* ---- What must not notice ---- */

static void other_host(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->other, DOMWRIGHT_CONFIG_INTERFACE, "GetXML",
              "a{sv}", 0);
}

static void inventory(void *data)
{
    Bench *bench = data;

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->rows.rows[0].path, PROPERTIES, "GetAll", "s",
              DOMWRIGHT_DOMAIN_INTERFACE);
}

static void draft(void *data)
{
    Bench *bench = data;
    g_autofree char *title = g_strdup_printf("turn %u", bench->turn++);

    call_only(bench->bus, DOMWRIGHT_BUS_NAME, bench->draft, DOMWRIGHT_CONFIG_INTERFACE, "Modify",
              "a{sv}asa{sv}", 1, "title", "s", title, 0, 0);
}

static void echo(void *data)
{
    ping(((Bench *)data)->bus, FLOOR_NAME, FLOOR_PATH);
}

static const struct {
    const char *name;
    Action action;
} actions[] = {
    {"hung-other-host", other_host},
    {"hung-inventory", inventory},
    {"hung-draft", draft},
    {"hung-echo", echo},
};

#define ACTIONS G_N_ELEMENTS(actions)

/* took: ACTIONS rows of turns. */
static void take_turns(Bench *bench, double *took, unsigned first, unsigned last, unsigned turns)
{
    for (unsigned i = first; i < last; i++) {
        for (size_t k = 0; k < ACTIONS; k++) {
            double start = now_us();

            actions[k].action(bench);
            took[k * turns + i] = now_us() - start;
        }
        usleep(PAUSE_US);
    }
}

/* ---- What is stuck ---- */

typedef struct {
    Stuck *stuck;
    unsigned index;
    double start;
} Flight;

static int on_end(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    Flight *flight = userdata;
    const sd_bus_error *failure = sd_bus_message_get_error(reply);
    Stuck *stuck = flight->stuck;

    stuck->times[flight->index] = now_us() - flight->start;
    g_strlcpy(stuck->errors[flight->index], failure ? failure->name : "answered",
              sizeof stuck->errors[0]);
    stuck->ended++;
    return 0;
}

static pid_t spawn_stuck(const char *address, const Rows *rows, Stuck *stuck, unsigned count)
{
    static Flight flights[MAX_STUCK];
    pid_t pid = fork_client();

    if (pid != 0)
        return pid;
    sd_bus *bus = caller_open(address);
    ping(bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH);
    for (unsigned i = 0; i < count; i++) {
        flights[i] = (Flight){stuck, i, now_us()};
        if (sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME,
                                     rows->rows[i % rows->count].path, DOMWRIGHT_CONFIG_INTERFACE,
                                     "GetXML", on_end, &flights[i], "a{sv}", 0) < 0)
            die("cannot send");
    }
    sd_bus_flush(bus);
    stuck->sent = count;
    while (stuck->ended < count)
        if (sd_bus_process(bus, NULL) == 0)
            sd_bus_wait(bus, UINT64_MAX);
    _exit(0);
}

/* "99 HostUnavailable, 1 answered" */
static char *describe_ends(const Stuck *stuck)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    GString *text = g_string_new(NULL);
    GHashTableIter iter;
    gpointer key, value;

    for (unsigned i = 0; i < stuck->ended; i++) {
        const char *last = strrchr(stuck->errors[i], '.');

        key = (gpointer)(last ? last + 1 : stuck->errors[i]);
        value = g_hash_table_lookup(counts, key);
        g_hash_table_replace(counts, key, GUINT_TO_POINTER(GPOINTER_TO_UINT(value) + 1));
    }
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", GPOINTER_TO_UINT(value),
                               (const char *)key);
    return g_string_free(text, FALSE);
}

static void wait_ended(const Stuck *stuck, unsigned count, double since, double seconds)
{
    while (stuck->ended < count && (seconds <= 0 || now_us() - since < seconds * 1e6))
        usleep(PAUSE_US);
}

/* Until a domain of the host can be read again. */
static double recover(const Bench *bench)
{
    double start = now_us();

    while (sd_bus_call_method(bench->bus, DOMWRIGHT_BUS_NAME, bench->rows.rows[0].path,
                              DOMWRIGHT_CONFIG_INTERFACE, "GetXML", NULL, NULL, "a{sv}", 0) < 0) {
        if (now_us() - start > RECOVERY_SECONDS * 1e6)
            die("the host does not come back");
        usleep(1000);
    }
    return now_us() - start;
}

static void set_up(Bench *bench, const char *address)
{
    bench->bus = caller_open(address);
    bench->rows = rows_read(bench->bus, "bench-");
    bench->other =
        reply_path(call(bench->bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE,
                        "FindDomain", "sa{sv}", "test", 1, "host", "s", "other"));
    bench->draft = reply_path(call(bench->bus, DOMWRIGHT_BUS_NAME, bench->rows.rows[0].path,
                                   DOMWRIGHT_DOMAIN_INTERFACE, "Edit", "a{sv}", 0));
}

static void report(double *calm, double *hung, unsigned turns, unsigned half)
{
    for (size_t k = 0; k < ACTIONS; k++) {
        Samples samples = {0};

        /* Before and after in turn, so that what drifts drifts out. */
        for (unsigned i = 0; i < turns; i++)
            samples_add(&samples, hung[k * turns + i],
                        calm[k * turns + (i % 2 && half + i / 2 < turns ? half + i / 2 : i / 2)]);
        samples_report(&samples, actions[k].name, "us");
    }
}

static void measure(Bench *bench, const char *address, pid_t libvirtd, unsigned turns,
                    unsigned count, double resume)
{
    g_autofree double *calm = g_new0(double, ACTIONS *turns);
    g_autofree double *hung = g_new0(double, ACTIONS *turns);
    Stuck *stuck =
        mmap(NULL, sizeof *stuck, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned half = turns / 2;
    double start, recovery;
    pid_t child;

    take_turns(bench, calm, 0, half, turns);
    kill(libvirtd, SIGSTOP);
    start = now_us();
    child = spawn_stuck(address, &bench->rows, stuck, count);
    while (stuck->sent < count)
        usleep(1000);
    take_turns(bench, hung, 0, turns, turns);
    wait_ended(stuck, count, start, resume);
    kill(libvirtd, SIGCONT);
    recovery = recover(bench);
    wait_ended(stuck, count, start, 0);
    waitpid(child, NULL, 0);
    take_turns(bench, calm, half, turns, turns);
    report(calm, hung, turns, half);
    g_autofree char *ends = describe_ends(stuck);
    values_report(stuck->times, count, "hung-stuck", "us", ends);
    values_report(&recovery, 1, "hung-recovery", "us", NULL);
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    Effort effort;
    unsigned count;

    if (argc != 7) {
        fprintf(stderr, "usage: bench-hung TURNS SECONDS ADDRESS LIBVIRTD-PID STUCK RESUME\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    count = (unsigned)strtoul(argv[5], NULL, 10);
    if (count == 0 || count > MAX_STUCK)
        die("1 to %d calls can be stuck", MAX_STUCK);
    set_up(&bench, argv[3]);
    measure(&bench, argv[3], (pid_t)strtol(argv[4], NULL, 10), MAX(effort.turns, 2u), count,
            strtod(argv[6], NULL));
    sd_bus_flush_close_unref(bench.bus);
    return 0;
}
