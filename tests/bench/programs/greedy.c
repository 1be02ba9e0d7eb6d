/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-greedy TURNS SECONDS ADDRESS GREEDY-UID OTHER-UID [ATTACK]: the calls of one user while
 * another has 20 connections with 100 calls under way on each, beside the same calls while there is
 * quiet; and the floor service's Ping beside itself, which tells what the bus and the processors
 * have to do with it. With an attack of attacks.h the other does that, and the calls are a cheap
 * one, an edit, one on a draft and the Ping. Noise and quiet take turns. Has to be started by root.
 */
#include "attacks.h"
#include "caller.h"
#include "floor.h"
#include "measure.h"

#include <errno.h>
#include <glib.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 20
#define CALLS       100 /* on each; the system's bus allows 128 */
#define ROUNDS      3
#define PAUSE_US    500
#define SETTLE_US   500000 /* until its first calls have been taken in */

#define KINDS 4

typedef struct Other Other;

typedef struct {
    const char *name;
    void (*call)(Other *other);
} Kind;

static void become(uid_t uid)
{
    if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
        die("cannot be user %u: %s", uid, strerror(errno));
}

static void say(int link, char what)
{
    if (write(link, &what, 1) != 1)
        die("the other half is gone");
}

/* False when the other half has come to its end. */
static bool hear(int link)
{
    char heard;

    return read(link, &heard, 1) == 1;
}

/* ---- The greedy user, in a process of its own ---- */

typedef struct {
    int link;
    Rows rows;
    Attacker attacker; /* attack NULL: greed alone */
    bool at_it;
    unsigned under_way, turn;
} Greed;

static void send_one(Greed *greed, sd_bus *bus);

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
    Greed *greed = userdata;
    const sd_bus_error *error = sd_bus_message_get_error(reply);

    /* A document that is an attack may be refused in any words of ours. */
    if (error && !sd_bus_error_has_name(error, DOMWRIGHT_ERROR_BUSY) &&
        !(greed->attacker.attack && g_str_has_prefix(error->name, "org.domwright1.Error.")))
        die("the greedy user: %s: %s", error->name, error->message);
    greed->under_way--;
    if (greed->at_it)
        send_one(greed, sd_bus_message_get_bus(reply));
    else if (greed->under_way == 0)
        say(greed->link, 'q');
    return 0;
}

static void send_one(Greed *greed, sd_bus *bus)
{
    const Row *row = &greed->rows.rows[greed->turn++ % greed->rows.count];
    int r;

    if (greed->attacker.attack)
        r = attacker_send(&greed->attacker, bus, on_answer, greed);
    else if (greed->turn % 2)
        r = sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME, row->path,
                                     DOMWRIGHT_CONFIG_INTERFACE, "GetXML", on_answer, greed,
                                     "a{sv}", 0);
    else
        r = sd_bus_call_method_async(
            bus, NULL, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE, "Build",
            on_answer, greed, "a{sv}a(sa{sv})a{sv}", 1, "name", "s", "x", 0, 1, "host", "s", "");
    if (r < 0)
        die("the greedy user: %s", strerror(-r));
    greed->under_way++;
}

/* brief: a little of it is enough. */
static void be_greedy(const char *address, int link, const Attack *attack, bool brief)
{
    sd_bus *buses[CONNECTIONS];
    sd_event *event = NULL;
    Greed greed = {.link = link};
    unsigned connections = brief ? 1 : attack ? attack->connections : CONNECTIONS;
    unsigned calls = connections * (attack ? attack->calls : CALLS);

    if (sd_event_default(&event) < 0)
        die("no event loop");
    for (unsigned i = 0; i < connections; i++) {
        buses[i] = caller_open(address);
        if (i == 0)
            greed.rows = rows_read(buses[0], "");
        if (i == 0 && attack)
            attacker_begin(&greed.attacker, attack, buses[0]);
        if (sd_bus_attach_event(buses[i], event, 0) < 0)
            die("no event loop");
    }
    while (hear(link)) {
        greed.at_it = true;
        for (unsigned i = 0; i < calls; i++)
            send_one(&greed, buses[i % connections]);
        while (greed.at_it || greed.under_way > 0) {
            char heard;
            ssize_t length = recv(link, &heard, 1, MSG_DONTWAIT);
            if (length == 0)
                exit(0);
            if (length == 1)
                greed.at_it = false;
            if (sd_event_run(event, 10000) < 0)
                die("the greedy user: the event loop ends");
        }
    }
}

/* ---- The other one ---- */

struct Other {
    sd_bus *bus;
    Rows rows;
    const Kind *kinds;
    char *draft, **domains; /* with an attack */
    unsigned turn;
};

static const char *next_path(Other *other)
{
    return other->rows.rows[other->turn++ % other->rows.count].path;
}

static void get_property(Other *other)
{
    call_only(other->bus, DOMWRIGHT_BUS_NAME, next_path(other), PROPERTIES, "Get", "ss",
              DOMWRIGHT_DOMAIN_INTERFACE, "State");
}

static void get_xml(Other *other)
{
    call_only(other->bus, DOMWRIGHT_BUS_NAME, next_path(other), DOMWRIGHT_CONFIG_INTERFACE,
              "GetXML", "a{sv}", 0);
}

static void echo(Other *other)
{
    ping(other->bus, FLOOR_NAME, FLOOR_PATH);
}

static void set_title(Other *other, const char *path)
{
    g_autofree char *title = g_strdup_printf("title %u", other->turn);
    call_only(other->bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_CONFIG_INTERFACE, "Modify",
              "a{sv}asa{sv}", 1, "title", "s", title, 0, 0);
}

static void edit(Other *other)
{
    set_title(other, next_path(other));
}

static void edit_draft(Other *other)
{
    other->turn++;
    set_title(other, other->draft);
}

static const Kind while_greedy[KINDS] = {
    {"greedy-property", get_property}, {"greedy-get-xml", get_xml}, {"greedy-echo", echo}};
static const Kind while_attacked[KINDS] = {
    {"call", get_property}, {"edit", edit}, {"draft", edit_draft}, {"echo", echo}};

static void other_begin(Other *other, const char *address, const Attack *attack, bool brief)
{
    *other = (Other){.bus = caller_open(address), .kinds = attack ? while_attacked : while_greedy};
    other->rows = rows_read(other->bus, "");
    if (!attack)
        return;
    other->domains = attack_domains_new(attack, other->bus, brief);
    other->draft = reply_path(call(other->bus, DOMWRIGHT_BUS_NAME, other->rows.rows[0].path,
                                   DOMWRIGHT_DOMAIN_INTERFACE, "Edit", "a{sv}", 0));
}

/* So many turns, or as many as there is time for; how many. */
static unsigned take_turns(Other *other, unsigned turns, double seconds, double *took)
{
    double start = now_us();
    unsigned turn;

    for (turn = 0; turn < turns && (turn == 0 || now_us() - start < seconds * 1e6); turn++) {
        for (unsigned kind = 0; kind < KINDS && other->kinds[kind].call; kind++) {
            double before = now_us();

            other->kinds[kind].call(other);
            took[turn * KINDS + kind] = now_us() - before;
        }
        usleep(PAUSE_US);
    }
    return turn;
}

static void measure(Other *other, int link, const Effort *effort, const Attack *attack)
{
    unsigned rounds = MIN(effort->turns, ROUNDS);
    unsigned turns = (effort->turns + rounds - 1) / rounds;
    g_autofree double *noisy = g_new(double, turns *KINDS), *quiet = g_new(double, turns *KINDS);
    Samples samples[KINDS] = {0};

    take_turns(other, turns / 10 + 1, effort->seconds / 10, quiet);
    for (unsigned round = 0; round < rounds; round++) {
        say(link, 'g');
        usleep(SETTLE_US);
        unsigned taken = take_turns(other, turns, effort->seconds / rounds, noisy);
        say(link, 's');
        if (!hear(link))
            die("the greedy user has failed");
        take_turns(other, taken, effort->seconds * 10, quiet);
        for (unsigned i = 0; i < taken * KINDS; i++)
            samples_add(&samples[i % KINDS], noisy[i], quiet[i]);
    }
    for (unsigned kind = 0; kind < KINDS && other->kinds[kind].call; kind++) {
        const char *name = other->kinds[kind].name;
        g_autofree char *full =
            attack ? g_strdup_printf("attack-%s-%s", attack->name, name) : g_strdup(name);
        samples_report(&samples[kind], full, "us");
    }
}

int main(int argc, char **argv)
{
    int links[2];

    if (argc != 6 && argc != 7) {
        fprintf(stderr,
                "usage: bench-greedy TURNS SECONDS ADDRESS GREEDY-UID OTHER-UID [ATTACK]\n");
        return 2;
    }
    const Attack *attack = argc == 7 ? attack_find(argv[6]) : NULL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, links) < 0)
        die("no sockets: %s", strerror(errno));
    pid_t greedy = fork_client();
    close(links[greedy != 0]);
    become((uid_t)strtoul(argv[greedy == 0 ? 4 : 5], NULL, 10));
    Effort effort = effort_read(argv + 1);
    if (greedy == 0) {
        be_greedy(argv[3], links[1], attack, effort.turns == 1);
        return 0;
    }
    Other other;
    other_begin(&other, argv[3], attack, effort.turns == 1);
    measure(&other, links[0], &effort, attack);
    if (attack)
        attack_domains_free(other.domains, other.bus);
    return 0;
}
