/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user is in the list as long as something of him waits. */
#include "bus/user-turns.h"

#include <string.h>

static void drop_request(void *request)
{
    request_drop(request);
}

static void turn_free(void *data)
{
    UserTurn *turn = data;
    g_queue_clear_full(&turn->requests, drop_request);
    g_free(turn);
}

const UserTurn *user_turns_find(const UserTurns *turns, uid_t uid)
{
    for (const GList *link = turns->users.head; link; link = link->next) {
        const UserTurn *turn = link->data;
        if (turn->uid == uid)
            return turn;
    }
    return NULL;
}

void user_turns_push(UserTurns *turns, Request *request)
{
    UserTurn *turn = (UserTurn *)user_turns_find(turns, request->uid);
    if (!turn) {
        turn = g_new0(UserTurn, 1);
        turn->uid = request->uid;
        g_queue_push_tail(&turns->users, turn);
    }
    g_queue_push_tail(&turn->requests, request);
}

static GList *find_ready(const UserTurns *turns, const ByteLimit *limit, uint64_t *ret_wait)
{
    uint64_t least = 0;
    for (GList *link = turns->users.head; link; link = link->next) {
        uint64_t wait = byte_limit_delay(limit, ((const UserTurn *)link->data)->uid);
        if (wait == 0)
            return link;
        least = least == 0 ? wait : MIN(least, wait);
    }
    *ret_wait = least;
    return NULL;
}

Request *user_turns_pop(UserTurns *turns, const ByteLimit *limit, uint64_t *ret_wait)
{
    GList *link = find_ready(turns, limit, ret_wait);
    if (!link)
        return NULL;
    UserTurn *turn = link->data;
    g_queue_delete_link(&turns->users, link);
    Request *request = g_queue_pop_head(&turn->requests);
    if (g_queue_is_empty(&turn->requests))
        turn_free(turn);
    else
        g_queue_push_tail(&turns->users, turn);
    return request;
}

void user_turns_release(UserTurns *turns, Requeue *requeue)
{
    uint64_t wait;
    Request *request;
    while ((request = user_turns_pop(turns, NULL, &wait)))
        requeue_add(requeue, request);
}

static void turn_forget(UserTurn *turn, const char *sender)
{
    for (GList *link = turn->requests.head, *next; link; link = next) {
        Request *request = link->data;
        next = link->next;
        if (strcmp(request->sender, sender) != 0)
            continue;
        g_queue_delete_link(&turn->requests, link);
        request_drop(request);
    }
}

void user_turns_forget(UserTurns *turns, const char *sender)
{
    for (GList *link = turns->users.head, *next; link; link = next) {
        UserTurn *turn = link->data;
        next = link->next;
        turn_forget(turn, sender);
        if (!g_queue_is_empty(&turn->requests))
            continue;
        g_queue_delete_link(&turns->users, link);
        turn_free(turn);
    }
}

void user_turns_clear(UserTurns *turns)
{
    g_queue_clear_full(&turns->users, turn_free);
}
