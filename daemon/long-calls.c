/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking turns. The next call is let through when the answer to the last one has left for the bus.
 */
#include "long-calls.h"

#include <string.h>

#include "errors.h"
#include "host.h"
#include "pace.h"

/* Of one user, root excepted. */
#define MAX_PER_USER 32
/* Between looks whether an answer has left. */
#define LOOK_INTERVAL 500
/* Looks after which a call let through is taken for lost: its sender may have left. */
#define PATIENCE 20

typedef struct {
    uid_t uid;
    GQueue messages;
} Turn;

struct LongCalls {
    Server *server;
    GQueue turns;            /* of Turn, the next first */
    sd_bus_message *current; /* let through, on its way */
    unsigned looks;          /* for it */
    bool (*step)(void *);    /* NULL: nothing goes on */
    void (*free)(void *);
    void *userdata;
    sd_event_source *timer;
};

static void unref_message(void *message)
{
    sd_bus_message_unref(message);
}

static void turn_free(Turn *turn)
{
    g_queue_clear_full(&turn->messages, unref_message);
    g_free(turn);
}

static const Host *host_of(const Server *server, const char *path)
{
    for (guint i = 0; i < server->hosts->len; i++) {
        const Host *host = server->hosts->pdata[i];
        gsize length = strlen(host->path);
        if (strncmp(path, host->path, length) == 0 && (path[length] == '\0' || path[length] == '/'))
            return host;
    }
    return NULL;
}

static bool is_long(const Server *server, sd_bus_message *message, uid_t uid)
{
    static const char *const lists[] = {"ListDomains", "GetManagedObjects", "Introspect", NULL};
    const char *member = sd_bus_message_get_member(message);
    if (strcmp(member, "DescribeKeys") == 0)
        return server->policy && uid != 0;
    if (!g_strv_contains(lists, member))
        return false;
    const Host *host = host_of(server, sd_bus_message_get_path(message));
    return host && g_hash_table_size(host->domains) >= MANY_DOMAINS;
}

static Turn *find_turn(const LongCalls *calls, uid_t uid)
{
    for (GList *link = calls->turns.head; link; link = link->next) {
        Turn *turn = link->data;
        if (turn->uid == uid)
            return turn;
    }
    return NULL;
}

static void schedule(LongCalls *calls, uint64_t delay)
{
    if (g_queue_is_empty(&calls->turns) && !calls->step)
        return;
    need_memory(sd_event_source_set_time_relative(calls->timer, delay));
    need_memory(sd_event_source_set_enabled(calls->timer, SD_EVENT_ONESHOT));
}

static void step_free(LongCalls *calls)
{
    if (calls->step)
        calls->free(calls->userdata);
    calls->step = NULL;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    LongCalls *calls = userdata;
    uint64_t unsent = 0;
    if (calls->step) {
        if (!calls->step(calls->userdata))
            step_free(calls);
        schedule(calls, 0);
        return 0;
    }
    sd_bus_get_n_queued_write(calls->server->bus, &unsent);
    if ((calls->current && calls->looks++ < PATIENCE) || unsent > 0) {
        schedule(calls, LOOK_INTERVAL);
        return 0;
    }
    calls->current = sd_bus_message_unref(calls->current);
    calls->looks = 0;
    Turn *turn = g_queue_pop_head(&calls->turns);
    if (!turn)
        return 0;
    calls->current = g_queue_pop_head(&turn->messages);
    if (sd_bus_enqueue_for_read(calls->server->bus, calls->current) < 0) {
        need_memory(
            sd_bus_reply_method_errorf(calls->current, DOMWRIGHT_ERROR_BUSY, "too many calls"));
        calls->current = sd_bus_message_unref(calls->current);
    }
    if (g_queue_is_empty(&turn->messages))
        turn_free(turn);
    else
        g_queue_push_tail(&calls->turns, turn);
    schedule(calls, 0);
    return 0;
}

void long_calls_run(LongCalls *calls, bool (*step)(void *userdata), void (*free)(void *userdata),
                    void *userdata)
{
    /* Short ones are let through as they come, and one of them may be slow. */
    if (calls->step) {
        while (step(userdata))
            continue;
        free(userdata);
        return;
    }
    calls->step = step;
    calls->free = free;
    calls->userdata = userdata;
    schedule(calls, 0);
}

bool long_calls_hold(LongCalls *calls, sd_bus_message *message, uid_t uid)
{
    if (message == calls->current) {
        calls->current = sd_bus_message_unref(calls->current);
        return false;
    }
    if (!is_long(calls->server, message, uid))
        return false;
    Turn *turn = find_turn(calls, uid);
    if (turn && uid != 0 && turn->messages.length >= MAX_PER_USER) {
        g_autoptr(GError) busy =
            g_error_new(DAEMON_ERROR, DAEMON_ERROR_BUSY,
                        "you have %d such calls waiting; try again later", MAX_PER_USER);
        pace_refuse(calls->server->pace, message, uid, busy);
        return true;
    }
    if (!turn) {
        turn = g_new0(Turn, 1);
        turn->uid = uid;
        g_queue_push_tail(&calls->turns, turn);
    }
    g_queue_push_tail(&turn->messages, sd_bus_message_ref(message));
    schedule(calls, 0);
    return true;
}

static void turn_forget(Turn *turn, const char *sender)
{
    for (GList *link = turn->messages.head, *next; link; link = next) {
        next = link->next;
        if (strcmp(sd_bus_message_get_sender(link->data), sender) != 0)
            continue;
        sd_bus_message_unref(link->data);
        g_queue_delete_link(&turn->messages, link);
    }
}

void long_calls_forget(LongCalls *calls, const char *sender)
{
    for (GList *link = calls->turns.head, *next; link; link = next) {
        Turn *turn = link->data;
        next = link->next;
        turn_forget(turn, sender);
        if (!g_queue_is_empty(&turn->messages))
            continue;
        g_queue_delete_link(&calls->turns, link);
        turn_free(turn);
    }
}

LongCalls *long_calls_new(Server *server)
{
    LongCalls *calls = g_new0(LongCalls, 1);
    calls->server = server;
    if (sd_event_add_time(server->event, &calls->timer, CLOCK_MONOTONIC, 0, 1, on_timer, calls) >=
            0 &&
        sd_event_source_set_enabled(calls->timer, SD_EVENT_OFF) >= 0)
        return calls;
    long_calls_free(calls);
    return NULL;
}

void long_calls_free(LongCalls *calls)
{
    if (!calls)
        return;
    Turn *turn;
    step_free(calls);
    while ((turn = g_queue_pop_head(&calls->turns)))
        turn_free(turn);
    sd_bus_message_unref(calls->current);
    sd_event_source_unref(calls->timer);
    g_free(calls);
}
