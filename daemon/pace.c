/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queues of answers, two for each user who has been refused. A call that was refused is not kept:
 * it may be long. */
#include "pace.h"

#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>

#include "errors.h"

/* One answer and one refusal to a user in each span of time: in larger portions the calls of others
 * would wait behind all of one. The first refusal need not wait for its end; and all wait while the
 * bus has not taken yet what was sent, but for so many spans only. */
#define SPAN_USEC 2000
#define PATIENCE  3
/* Refusals of one user. When there are more the oldest is sent early. */
#define MAX_WAITING 4096

typedef struct {
    bool refused;    /* in this span */
    GQueue answers;  /* of Request */
    GQueue refusals; /* of sd_bus_message */
} User;

struct Pace {
    Server *server;
    GHashTable
        *users; /* uid -> User: those who were refused in this span, or to whom anything waits */
    unsigned waited; /* spans, for the bus */
    sd_event_source *timer;
};

static void unref_message(void *message)
{
    sd_bus_message_unref(message);
}

static void drop_request(void *request)
{
    request_drop(request);
}

static void user_free(void *userdata)
{
    User *user = userdata;
    g_queue_clear_full(&user->answers, drop_request);
    g_queue_clear_full(&user->refusals, unref_message);
    g_free(user);
}

static bool is_bus_behind(const Pace *pace)
{
    int unread = 0;
    uint64_t unsent = 0;
    sd_bus_get_n_queued_write(pace->server->bus, &unsent);
    ioctl(sd_bus_get_fd(pace->server->bus), SIOCOUTQ, &unread);
    return unsent > 0 || unread > 0;
}

static void send_refusal(User *user)
{
    sd_bus_message *refusal = g_queue_pop_head(&user->refusals);
    need_memory(sd_bus_send(NULL, refusal, NULL));
    sd_bus_message_unref(refusal);
}

static void send_answer(User *user)
{
    if (user->answers.length > 0)
        request_deliver(g_queue_pop_head(&user->answers));
}

static bool is_idle(const User *user)
{
    return !user->refused && user->answers.length + user->refusals.length == 0;
}

static void schedule(Pace *pace)
{
    if (g_hash_table_size(pace->users) == 0)
        return;
    need_memory(sd_event_source_set_time_relative(pace->timer, SPAN_USEC));
    need_memory(sd_event_source_set_enabled(pace->timer, SD_EVENT_ONESHOT));
}

static int on_span_end(sd_event_source *source, uint64_t usec, void *userdata)
{
    Pace *pace = userdata;
    bool held = is_bus_behind(pace) && ++pace->waited < PATIENCE;
    GHashTableIter iter;
    gpointer value;
    if (!held)
        pace->waited = 0;
    g_hash_table_iter_init(&iter, pace->users);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        User *user = value;
        send_answer(user);
        user->refused = !held && user->refusals.length > 0;
        if (user->refused)
            send_refusal(user);
        else if (is_idle(user))
            g_hash_table_iter_remove(&iter);
    }
    schedule(pace);
    return 0;
}

static User *user_get(Pace *pace, uid_t uid)
{
    User *user = g_hash_table_lookup(pace->users, GUINT_TO_POINTER(uid));
    if (user)
        return user;
    user = g_new0(User, 1);
    g_hash_table_insert(pace->users, GUINT_TO_POINTER(uid), user);
    if (g_hash_table_size(pace->users) == 1)
        schedule(pace);
    return user;
}

void pace_refuse(Pace *pace, sd_bus_message *call, uid_t uid, const GError *error)
{
    sd_bus_message *refusal = error_answer(call, error);
    if (!refusal)
        return;
    User *user = user_get(pace, uid);
    g_queue_push_tail(&user->refusals, refusal);
    if (user->refusals.length == 1 && !user->refused)
        user->refused = true;
    else if (user->refusals.length <= MAX_WAITING)
        return;
    send_refusal(user);
}

bool pace_hold(Pace *pace, Request *request)
{
    User *user = g_hash_table_lookup(pace->users, GUINT_TO_POINTER(request->uid));
    if (!user || pace->server->stopping || user->refusals.length + user->answers.length == 0)
        return false;
    g_queue_push_tail(&user->answers, request);
    return true;
}

static void user_forget(User *user, const char *sender)
{
    for (GList *link = user->answers.head, *next; link; link = next) {
        Request *request = link->data;
        next = link->next;
        if (strcmp(sd_bus_message_get_sender(request->message), sender) != 0)
            continue;
        g_queue_delete_link(&user->answers, link);
        request_drop(request);
    }
    for (GList *link = user->refusals.head, *next; link; link = next) {
        next = link->next;
        if (strcmp(sd_bus_message_get_destination(link->data), sender) != 0)
            continue;
        sd_bus_message_unref(link->data);
        g_queue_delete_link(&user->refusals, link);
    }
}

void pace_forget(Pace *pace, const char *sender)
{
    GHashTableIter iter;
    gpointer user;
    g_hash_table_iter_init(&iter, pace->users);
    while (g_hash_table_iter_next(&iter, NULL, &user))
        user_forget(user, sender);
}

void pace_flush(Pace *pace)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, pace->users);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        User *user = value;
        while (user->answers.length > 0)
            send_answer(user);
        while (user->refusals.length > 0)
            send_refusal(user);
    }
}

Pace *pace_new(Server *server)
{
    Pace *pace = g_new0(Pace, 1);
    pace->server = server;
    pace->users = g_hash_table_new_full(NULL, NULL, NULL, user_free);
    if (sd_event_add_time(server->event, &pace->timer, CLOCK_MONOTONIC, 0, 1, on_span_end, pace) >=
            0 &&
        sd_event_source_set_enabled(pace->timer, SD_EVENT_OFF) >= 0)
        return pace;
    pace_free(pace);
    return NULL;
}

void pace_free(Pace *pace)
{
    if (!pace)
        return;
    sd_event_source_unref(pace->timer);
    g_hash_table_unref(pace->users);
    g_free(pace);
}
