/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An account for each owner, from which a twentieth of the time that passes is taken off again.
 * Only what a task uses beyond what a usual one does is charged: many small tasks are what the
 * pools' queues are for.
 *
 * Work of others beside that of the greedy is slower even where there is a processor for each: they
 * share what lies behind the processors, and libvirt and the bus want some, too. So the greedy rest
 * after each task while others, who are not greedy, have tasks.
 *
 * A task that waits for libvirt uses no processor. Who waits for a turn looks now and then at those
 * at work, by the clocks of their threads, and takes the turn of one that stands still.
 */
#include "tasks/processors.h"

#include <pthread.h>

#include "base/presence.h"

/* Of each task's time this much is free; an edit of a usual domain needs less. */
#define FREE_USEC 5000
/* Who is charged more than this is greedy; more than so much is never charged. */
#define GREEDY_USEC  200000
#define CHARGED_USEC 1000000
/* For so many times what a greedy task used the greedy rest, a second at most. */
#define REST      19
#define REST_USEC 1000000
#ifndef FORGOTTEN /* tests have times of their own */
/* Of the time that passes this part is taken off. */
#define FORGOTTEN 20
/* Between looks at those at work; they stand still when they used less than a tenth of it. */
#define LOOK_USEC 20000
#endif

typedef struct {
    uint64_t charged; /* µs, as of … */
    uint64_t when;
} Account;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static GHashTable *accounts;    /* owner -> Account */
static GQueue waiting, at_work; /* of ProcessorTurn, first come first served */
static Presence presence;       /* of those who are not greedy, when their tasks begin */
static uint64_t rest_end;

static _Thread_local const ProcessorTurn *here;

static uint64_t read_clock(clockid_t clock)
{
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

/* ---- Accounts; under the lock ---- */

static uint64_t charged_to(gpointer owner)
{
    const Account *account = accounts ? g_hash_table_lookup(accounts, owner) : NULL;
    if (!account)
        return 0;
    uint64_t forgotten = (read_clock(CLOCK_MONOTONIC) - account->when) / FORGOTTEN;
    return account->charged > forgotten ? account->charged - forgotten : 0;
}

static void charge(gpointer owner, uint64_t used)
{
    uint64_t charged = charged_to(owner) + (used > FREE_USEC ? used - FREE_USEC : 0);
    if (!accounts)
        accounts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    if (charged == 0) {
        g_hash_table_remove(accounts, owner);
        return;
    }
    Account *account = g_new(Account, 1);
    *account = (Account){MIN(charged, CHARGED_USEC), read_clock(CLOCK_MONOTONIC)};
    g_hash_table_insert(accounts, owner, account);
}

static uid_t uid_of(gpointer owner)
{
    return (uid_t)GPOINTER_TO_UINT(owner);
}

static bool is_greedy(gpointer owner)
{
    uid_t uid = uid_of(owner);
    return uid != 0 && uid != (uid_t)-1 && charged_to(owner) > GREEDY_USEC;
}

/* ---- Turns; under the lock ---- */

static unsigned most_at_work(void)
{
    static unsigned most;
    if (most == 0)
        most = MAX(g_get_num_processors(), 2) - 1;
    return most;
}

static void stop_work(ProcessorTurn *turn)
{
    g_queue_unlink(&at_work, &turn->link);
    turn->at_work = false;
}

static void start_work(ProcessorTurn *turn)
{
    turn->at_work = true;
    turn->seen = read_clock(turn->clock);
    turn->looked = read_clock(CLOCK_MONOTONIC);
    g_queue_push_tail_link(&at_work, &turn->link);
}

static bool stands_still(ProcessorTurn *turn)
{
    uint64_t now = read_clock(CLOCK_MONOTONIC), passed = now - turn->looked;
    if (passed < LOOK_USEC)
        return false;
    uint64_t used = read_clock(turn->clock) - turn->seen;
    turn->seen += used;
    turn->looked = now;
    return used < passed / 10;
}

static uint64_t rest_of(gpointer owner)
{
    uint64_t now = read_clock(CLOCK_MONOTONIC);
    return now < rest_end ? MIN(rest_end - now, presence_of_others(&presence, uid_of(owner), now))
                          : 0;
}

/* A task that follows another's rests for both. */
static void rest_after(uint64_t used)
{
    uint64_t now = read_clock(CLOCK_MONOTONIC);
    rest_end = MIN(MAX(rest_end, now) + used * REST / most_at_work(), now + REST_USEC);
}

static bool has_room(gpointer owner)
{
    if (rest_of(owner) > 0)
        return false;
    for (GList *link = at_work.head, *next; link; link = next) {
        next = link->next;
        if (at_work.length >= most_at_work() && stands_still(link->data))
            stop_work(link->data);
    }
    return at_work.length < most_at_work();
}

static void wait_for_turn(ProcessorTurn *turn)
{
    g_queue_push_tail_link(&waiting, &turn->link);
    while (waiting.head != &turn->link || !has_room(turn->owner)) {
        uint64_t rest = rest_of(turn->owner);
        uint64_t end = read_clock(CLOCK_MONOTONIC) + (rest > 0 ? rest : LOOK_USEC);
        struct timespec time = {(time_t)(end / 1000000), (long)(end % 1000000) * 1000};
        pthread_cond_clockwait(&freed, &lock, CLOCK_MONOTONIC, &time);
    }
    g_queue_unlink(&waiting, &turn->link);
    start_work(turn);
    pthread_cond_broadcast(&freed); /* there may be room for the next one */
}

/* ---- Interface ---- */

bool processors_is_greedy(gpointer owner)
{
    pthread_mutex_lock(&lock);
    bool greedy = is_greedy(owner);
    pthread_mutex_unlock(&lock);
    return greedy;
}

uint64_t processors_rest(gpointer owner)
{
    pthread_mutex_lock(&lock);
    uint64_t rest = rest_of(owner);
    pthread_mutex_unlock(&lock);
    return rest;
}

void processors_begin(ProcessorTurn *turn, gpointer owner)
{
    *turn = (ProcessorTurn){.owner = owner, .link = {.data = turn}};
    if (pthread_getcpuclockid(pthread_self(), &turn->clock) != 0)
        turn->clock = CLOCK_MONOTONIC; /* charged too much rather than nothing */
    pthread_mutex_lock(&lock);
    turn->greedy = is_greedy(owner);
    if (turn->greedy)
        wait_for_turn(turn);
    else if (uid_of(owner) != (uid_t)-1)
        presence_note(&presence, uid_of(owner), read_clock(CLOCK_MONOTONIC));
    pthread_mutex_unlock(&lock);
    turn->begun = read_clock(turn->clock);
    here = turn;
}

void processors_end(ProcessorTurn *turn)
{
    here = NULL;
    uint64_t used = read_clock(turn->clock) - turn->begun;
    pthread_mutex_lock(&lock);
    charge(turn->owner, used);
    if (turn->at_work)
        stop_work(turn);
    if (turn->greedy) {
        rest_after(used);
        pthread_cond_broadcast(&freed);
    }
    pthread_mutex_unlock(&lock);
}

bool processors_here_greedy(void)
{
    return here && here->greedy;
}
