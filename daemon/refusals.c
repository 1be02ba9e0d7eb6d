/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers that wait, those of each user in their order. The calls themselves are not kept: they may
 * be long. */
#include "refusals.h"

#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>

#include "errors.h"
#include "wire.h"

/* So many to one user in each span of time; the first ones need not wait for its end. */
#define SPAN_USEC 10000
#define A_SPAN    10
/* Of one user. When there are more the oldest is sent early. */
#define MAX_WAITING 4096

typedef struct {
    unsigned sent;  /* in this span */
    GQueue waiting; /* of sd_bus_message, the answers */
} Refused;

struct Refusals {
    Server *server;
    GHashTable *users; /* uid -> Refused: those who were refused in this span or wait */
    sd_event_source *timer;
};

static void unref_message(void *message)
{
    sd_bus_message_unref(message);
}

static void refused_free(void *userdata)
{
    Refused *refused = userdata;
    g_queue_clear_full(&refused->waiting, unref_message);
    g_free(refused);
}

/* Answers in front of which no refusal has to be put. */
static bool is_bus_behind(const Refusals *refusals)
{
    int unread = 0;
    uint64_t unsent = 0;
    sd_bus_get_n_queued_write(refusals->server->bus, &unsent);
    ioctl(sd_bus_get_fd(refusals->server->bus), SIOCOUTQ, &unread);
    return unsent > 0 || unread > 0;
}

static void send_first(Refusals *refusals, Refused *refused)
{
    sd_bus_message *answer = g_queue_pop_head(&refused->waiting);
    error_sent(sd_bus_send(refusals->server->bus, answer, NULL));
    sd_bus_message_unref(answer);
}

static void schedule(Refusals *refusals)
{
    if (g_hash_table_size(refusals->users) == 0)
        return;
    sd_event_source_set_time_relative(refusals->timer, SPAN_USEC);
    sd_event_source_set_enabled(refusals->timer, SD_EVENT_ONESHOT);
}

static int on_span_end(sd_event_source *source, uint64_t usec, void *userdata)
{
    Refusals *refusals = userdata;
    GHashTableIter iter;
    gpointer value;
    unsigned most = is_bus_behind(refusals) ? 1 : A_SPAN;
    g_hash_table_iter_init(&iter, refusals->users);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Refused *refused = value;
        for (refused->sent = 0; refused->sent < most && refused->waiting.length > 0;
             refused->sent++)
            send_first(refusals, refused);
        if (refused->sent == 0)
            g_hash_table_iter_remove(&iter);
    }
    schedule(refusals);
    return 0;
}

static Refused *refused_get(Refusals *refusals, uid_t uid)
{
    Refused *refused = g_hash_table_lookup(refusals->users, GUINT_TO_POINTER(uid));
    if (refused)
        return refused;
    refused = g_new0(Refused, 1);
    g_hash_table_insert(refusals->users, GUINT_TO_POINTER(uid), refused);
    if (g_hash_table_size(refusals->users) == 1)
        schedule(refusals);
    return refused;
}

void refuse_later(Refusals *refusals, sd_bus_message *call, uid_t uid, const GError *error)
{
    if (sd_bus_message_get_expect_reply(call) == 0)
        return;
    g_autofree char *text = wire_text(error->message);
    sd_bus_message *answer = NULL;
    if (error_sent(sd_bus_message_new_method_errorf(call, &answer, error_name(error), "%s", text)) <
        0)
        return;
    Refused *refused = refused_get(refusals, uid);
    g_queue_push_tail(&refused->waiting, answer);
    if (refused->waiting.length == 1 && refused->sent < A_SPAN)
        refused->sent++;
    else if (refused->waiting.length <= MAX_WAITING)
        return;
    send_first(refusals, refused);
}

static void refused_forget(Refused *refused, const char *sender)
{
    for (GList *link = refused->waiting.head, *next; link; link = next) {
        next = link->next;
        if (strcmp(sd_bus_message_get_destination(link->data), sender) != 0)
            continue;
        sd_bus_message_unref(link->data);
        g_queue_delete_link(&refused->waiting, link);
    }
}

void refusals_forget(Refusals *refusals, const char *sender)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, refusals->users);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        refused_forget(value, sender);
}

void refusals_flush(Refusals *refusals)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, refusals->users);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Refused *refused = value;
        while (refused->waiting.length > 0)
            send_first(refusals, refused);
    }
}

Refusals *refusals_new(Server *server)
{
    Refusals *refusals = g_new0(Refusals, 1);
    refusals->server = server;
    refusals->users = g_hash_table_new_full(NULL, NULL, NULL, refused_free);
    if (sd_event_add_time(server->event, &refusals->timer, CLOCK_MONOTONIC, 0, 1, on_span_end,
                          refusals) >= 0 &&
        sd_event_source_set_enabled(refusals->timer, SD_EVENT_OFF) >= 0)
        return refusals;
    refusals_free(refusals);
    return NULL;
}

void refusals_free(Refusals *refusals)
{
    if (!refusals)
        return;
    sd_event_source_unref(refusals->timer);
    g_hash_table_unref(refusals->users);
    g_free(refusals);
}
