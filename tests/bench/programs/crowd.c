/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-crowd TURNS SECONDS ADDRESS define|list|managed: a property of a domain, read while 8 other
 * clients call something slow without a pause, beside the floor service's Ping in the same crowd.
 * First the slow call is timed alone. The domains are "bench-0" and so on.
 */
#include "caller.h"
#include "floor.h"
#include "measure.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS  8
#define ALONE    25
#define PAUSE_US 500

typedef struct {
    sd_bus *bus;
    Rows rows;
    unsigned number; /* of the client: each works on a domain of its own */
    unsigned turn;
} Client;

typedef struct {
    const char *name;
    Action action;
} Slow;

static void edit(void *data)
{
    Client *client = data;
    g_autofree char *title = g_strdup_printf("turn %u", client->turn++);

    call_only(client->bus, DOMWRIGHT_BUS_NAME,
              client->rows.rows[client->number % client->rows.count].path,
              DOMWRIGHT_CONFIG_INTERFACE, "Modify", "a{sv}asa{sv}", 1, "title", "s", title, 0, 0);
}

static void list(void *data)
{
    Client *client = data;

    call_only(client->bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE, "ListDomains",
              "a{sv}", 0);
}

static void managed(void *data)
{
    Client *client = data;

    call_only(client->bus, DOMWRIGHT_BUS_NAME, HOST_PATH, "org.freedesktop.DBus.ObjectManager",
              "GetManagedObjects", "");
}

static const Slow slows[] = {
    {"define", edit},
    {"list", list},
    {"managed", managed},
};

static void time_alone(Client *client, const Slow *slow)
{
    g_autofree char *name = g_strdup_printf("crowd-%s-alone", slow->name);
    double took[ALONE];

    slow->action(client);
    for (unsigned i = 0; i < ALONE; i++) {
        double start = now_us();

        slow->action(client);
        took[i] = now_us() - start;
    }
    values_report(took, ALONE, name, "us", NULL);
}

static void cheap(Client *client)
{
    const Row *row = &client->rows.rows[client->turn++ % client->rows.count];

    call_only(client->bus, DOMWRIGHT_BUS_NAME, row->path, PROPERTIES, "Get", "ss",
              DOMWRIGHT_DOMAIN_INTERFACE, "State");
}

static void time_in_crowd(Client *client, const Slow *slow, const Effort *effort)
{
    g_autofree char *name = g_strdup_printf("crowd-%s", slow->name);
    Samples samples = {0};
    double start = now_us();

    for (unsigned i = 0; i < effort->turns && now_us() - start < effort->seconds * 1e6; i++) {
        double before = now_us(), between, after;

        cheap(client);
        between = now_us();
        ping(client->bus, FLOOR_NAME, FLOOR_PATH);
        after = now_us();
        samples_add(&samples, between - before, after - between);
        usleep(PAUSE_US);
    }
    samples_report(&samples, name, "us");
}

static pid_t spawn_client(const char *address, const Slow *slow, const Client *model,
                          unsigned number)
{
    pid_t pid = fork_client();

    if (pid != 0)
        return pid;
    Client client = {.bus = caller_open(address), .rows = model->rows, .number = number};
    for (;;)
        slow->action(&client);
}

static int measure(Client *client, const char *address, const Slow *slow, const Effort *effort)
{
    pid_t clients[CLIENTS];
    int failed = 0;

    time_alone(client, slow);
    for (unsigned i = 0; i < CLIENTS; i++)
        clients[i] = spawn_client(address, slow, client, i + 1);
    usleep(200000);
    time_in_crowd(client, slow, effort);
    for (unsigned i = 0; i < CLIENTS; i++) {
        int status = 0;

        kill(clients[i], SIGTERM);
        waitpid(clients[i], &status, 0);
        failed += !WIFSIGNALED(status);
    }
    if (failed)
        die("%d of the %d clients failed", failed, CLIENTS);
    return 0;
}

int main(int argc, char **argv)
{
    Client client = {0};
    Effort effort;

    if (argc != 5) {
        fprintf(stderr, "usage: bench-crowd TURNS SECONDS ADDRESS define|list|managed\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    client.bus = caller_open(argv[3]);
    client.rows = rows_read(client.bus, "bench-");
    for (size_t i = 0; i < G_N_ELEMENTS(slows); i++)
        if (strcmp(slows[i].name, argv[4]) == 0)
            return measure(&client, argv[3], &slows[i], &effort);
    die("there is no slow call %s", argv[4]);
}
