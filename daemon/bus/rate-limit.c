/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Per-user output queues: answers and refusals. A refused call is freed at once because it may be
 * large; only the error reply is queued. Main thread. */
#include "bus/rate-limit.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "base/error.h"

/* One answer and one refusal to a user in each interval: in larger portions the calls of others
 * would wait behind all of one. The first refusal is sent at once. Back-pressure delays refusals
 * further, but for so many intervals only. */
#define INTERVAL_USEC     2000
#define MAX_BACK_PRESSURE 3
/* Refusals queued for one user. When there are more the oldest is sent early. */
#define MAX_WAITING 4096
/* Bytes of large answers held, for one user and for all. When there are more the user's oldest is
 * sent early. */
#define MAX_HELD_PER_USER (4 << 20)
#define MAX_HELD          (64 << 20)

typedef struct {
    char *sender;
    size_t size;
    ReleaseFunc release;
    void *data;
} QueuedAnswer;

typedef struct {
    bool refused;    /* in this interval */
    GQueue answers;  /* of QueuedAnswer, none of them large */
    GQueue large;    /* of QueuedAnswer; they wait for the user's debt, too */
    size_t held;     /* by them, bytes */
    GQueue refusals; /* of sd_bus_message */
} User;

struct RateLimit {
    sd_bus *bus;
    ByteLimit *bytes;
    GHashTable *users; /* uid -> User: refused in this interval, or with anything queued */
    unsigned waited;   /* intervals, for the bus */
    size_t held;       /* of all users */
    bool flushed;
    sd_event_source *timer;
};

static void unref_message(void *message)
{
    sd_bus_message_unref(message);
}

static void answer_end(QueuedAnswer *answer, bool send)
{
    answer->release(answer->data, send);
    g_free(answer->sender);
    g_free(answer);
}

static void answer_drop(void *answer)
{
    answer_end(answer, false);
}

static void user_free(void *userdata)
{
    User *user = userdata;
    g_queue_clear_full(&user->answers, answer_drop);
    g_queue_clear_full(&user->large, answer_drop);
    g_queue_clear_full(&user->refusals, unref_message);
    g_free(user);
}

/* Back-pressure: whether the bus daemon has not read yet what was sent. SIOCOUTQ counts the bytes
 * in the socket that the peer has not received. */
static bool has_back_pressure(const RateLimit *limit)
{
    int unread = 0;
    uint64_t unsent = 0;
    sd_bus_get_n_queued_write(limit->bus, &unsent);
    ioctl(sd_bus_get_fd(limit->bus), SIOCOUTQ, &unread);
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
        answer_end(g_queue_pop_head(&user->answers), true);
}

static void send_large(RateLimit *limit, uid_t uid, User *user)
{
    QueuedAnswer *answer = g_queue_pop_head(&user->large);
    user->held -= answer->size;
    limit->held -= answer->size;
    byte_limit_charge(limit->bytes, uid, answer->size);
    answer_end(answer, true);
}

static bool is_idle(const User *user)
{
    return !user->refused && user->answers.length + user->refusals.length + user->large.length == 0;
}

static void schedule(RateLimit *limit)
{
    if (g_hash_table_size(limit->users) == 0)
        return;
    need_memory(sd_event_source_set_time_relative(limit->timer, INTERVAL_USEC));
    need_memory(sd_event_source_set_enabled(limit->timer, SD_EVENT_ONESHOT));
}

static int on_interval(sd_event_source *source, uint64_t usec, void *userdata)
{
    RateLimit *limit = userdata;
    bool delayed = has_back_pressure(limit) && ++limit->waited < MAX_BACK_PRESSURE;
    GHashTableIter iter;
    gpointer key, value;
    if (!delayed)
        limit->waited = 0;
    g_hash_table_iter_init(&iter, limit->users);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        User *user = value;
        uid_t uid = (uid_t)GPOINTER_TO_UINT(key);
        send_answer(user);
        bool in_debt = byte_limit_delay(limit->bytes, uid) > 0;
        if (user->large.length > 0 && !in_debt)
            send_large(limit, uid, user);
        user->refused = !delayed && !in_debt && user->refusals.length > 0;
        if (user->refused)
            send_refusal(user);
        else if (is_idle(user))
            g_hash_table_iter_remove(&iter);
    }
    schedule(limit);
    return 0;
}

static User *user_get(RateLimit *limit, uid_t uid)
{
    User *user = g_hash_table_lookup(limit->users, GUINT_TO_POINTER(uid));
    if (user)
        return user;
    user = g_new0(User, 1);
    g_hash_table_insert(limit->users, GUINT_TO_POINTER(uid), user);
    if (g_hash_table_size(limit->users) == 1)
        schedule(limit);
    return user;
}

void rate_limit_refuse(RateLimit *limit, sd_bus_message *call, uid_t uid, const GError *error)
{
    sd_bus_message *refusal = error_answer(call, error);
    if (!refusal)
        return;
    User *user = user_get(limit, uid);
    g_queue_push_tail(&user->refusals, refusal);
    if (user->refusals.length == 1 && !user->refused && byte_limit_delay(limit->bytes, uid) == 0)
        user->refused = true;
    else if (user->refusals.length <= MAX_WAITING)
        return;
    send_refusal(user);
}

static QueuedAnswer *answer_new(sd_bus_message *call, size_t size, ReleaseFunc release, void *data)
{
    QueuedAnswer *answer = g_new(QueuedAnswer, 1);
    *answer = (QueuedAnswer){g_strdup(sd_bus_message_get_sender(call)), size, release, data};
    return answer;
}

static void hold_large(RateLimit *limit, uid_t uid, QueuedAnswer *answer)
{
    User *user = user_get(limit, uid);
    g_queue_push_tail(&user->large, answer);
    user->held += answer->size;
    limit->held += answer->size;
    while (user->held > MAX_HELD_PER_USER || (limit->held > MAX_HELD && user->held > 0))
        send_large(limit, uid, user);
}

bool rate_limit_queue(RateLimit *limit, sd_bus_message *call, uid_t uid, size_t size,
                      ReleaseFunc release, void *data)
{
    User *user = g_hash_table_lookup(limit->users, GUINT_TO_POINTER(uid));
    if (limit->flushed)
        return false;
    bool waits = user && user->refusals.length + user->answers.length > 0;
    bool large = size >= BYTE_LIMIT_LARGE;
    if (large && (waits || byte_limit_delay(limit->bytes, uid) > 0)) {
        hold_large(limit, uid, answer_new(call, size, release, data));
        return true;
    }
    if (waits) {
        g_queue_push_tail(&user->answers, answer_new(call, size, release, data));
        return true;
    }
    byte_limit_charge(limit->bytes, uid, size);
    return false;
}

/* Returns the bytes of what was dropped. */
static size_t answers_forget(GQueue *answers, const char *sender)
{
    size_t dropped = 0;
    for (GList *link = answers->head, *next; link; link = next) {
        QueuedAnswer *answer = link->data;
        next = link->next;
        if (g_strcmp0(answer->sender, sender) != 0)
            continue;
        g_queue_delete_link(answers, link);
        dropped += answer->size;
        answer_drop(answer);
    }
    return dropped;
}

static void user_forget(RateLimit *limit, User *user, const char *sender)
{
    answers_forget(&user->answers, sender);
    size_t dropped = answers_forget(&user->large, sender);
    user->held -= dropped;
    limit->held -= dropped;
    for (GList *link = user->refusals.head, *next; link; link = next) {
        next = link->next;
        if (g_strcmp0(sd_bus_message_get_destination(link->data), sender) != 0)
            continue;
        sd_bus_message_unref(link->data);
        g_queue_delete_link(&user->refusals, link);
    }
}

void rate_limit_forget(RateLimit *limit, const char *sender)
{
    GHashTableIter iter;
    gpointer user;
    g_hash_table_iter_init(&iter, limit->users);
    while (g_hash_table_iter_next(&iter, NULL, &user))
        user_forget(limit, user, sender);
}

void rate_limit_flush(RateLimit *limit)
{
    limit->flushed = true;
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, limit->users);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        User *user = value;
        while (user->answers.length > 0)
            send_answer(user);
        while (user->large.length > 0)
            send_large(limit, (uid_t)GPOINTER_TO_UINT(key), user);
        while (user->refusals.length > 0)
            send_refusal(user);
    }
}

RateLimit *rate_limit_new(sd_bus *bus, sd_event *event, ByteLimit *bytes)
{
    RateLimit *limit = g_new0(RateLimit, 1);
    limit->bus = bus;
    limit->bytes = bytes;
    limit->users = g_hash_table_new_full(NULL, NULL, NULL, user_free);
    if (sd_event_add_time(event, &limit->timer, CLOCK_MONOTONIC, 0, 1, on_interval, limit) >= 0 &&
        sd_event_source_set_enabled(limit->timer, SD_EVENT_OFF) >= 0)
        return limit;
    rate_limit_free(limit);
    return NULL;
}

void rate_limit_free(RateLimit *limit)
{
    if (!limit)
        return;
    sd_event_source_unref(limit->timer);
    g_hash_table_unref(limit->users);
    g_free(limit);
}
