/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lane is there while a ticket has its turn. Owned by a task pool, main thread. */
#include "tasks/lanes.h"

struct Lanes {
    GHashTable *lanes; /* key -> GQueue of tickets waiting behind the one that has its turn */
    GQueue waiting;    /* tickets of all lanes, oldest first */
};

static void lane_free(void *userdata)
{
    g_queue_init(userdata); /* its links are in the tickets */
    g_free(userdata);
}

Lanes *lanes_new(void)
{
    Lanes *lanes = g_new0(Lanes, 1);
    lanes->lanes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, lane_free);
    return lanes;
}

void lanes_free(Lanes *lanes)
{
    g_hash_table_unref(lanes->lanes);
    g_free(lanes);
}

void lane_ticket_init(LaneTicket *ticket, const char *key, void *item)
{
    *ticket = (LaneTicket){.key = g_strdup(key), .item = item};
    ticket->in_lane.data = ticket->in_waiting.data = ticket;
}

void lane_ticket_clear(LaneTicket *ticket)
{
    g_clear_pointer(&ticket->key, g_free);
}

bool lane_enter(Lanes *lanes, LaneTicket *ticket)
{
    if (!ticket->key)
        return true;
    GQueue *lane = g_hash_table_lookup(lanes->lanes, ticket->key);
    if (!lane) {
        g_hash_table_insert(lanes->lanes, g_strdup(ticket->key), g_new0(GQueue, 1));
        return true;
    }
    g_queue_push_tail_link(lane, &ticket->in_lane);
    g_queue_push_tail_link(&lanes->waiting, &ticket->in_waiting);
    return false;
}

void *lane_leave(Lanes *lanes, const char *key)
{
    GQueue *lane = key ? g_hash_table_lookup(lanes->lanes, key) : NULL;
    if (!lane)
        return NULL;
    GList *next = g_queue_pop_head_link(lane);
    if (!next) {
        g_hash_table_remove(lanes->lanes, key);
        return NULL;
    }
    LaneTicket *first = next->data;
    g_queue_unlink(&lanes->waiting, &first->in_waiting);
    return first->item;
}

bool lane_withdraw(Lanes *lanes, LaneTicket *ticket)
{
    GQueue *lane = ticket->key ? g_hash_table_lookup(lanes->lanes, ticket->key) : NULL;
    if (!lane || g_queue_link_index(lane, &ticket->in_lane) < 0)
        return false;
    g_queue_unlink(lane, &ticket->in_lane);
    g_queue_unlink(&lanes->waiting, &ticket->in_waiting);
    return true;
}

void *lanes_oldest_waiting(const Lanes *lanes)
{
    const LaneTicket *ticket = lanes->waiting.head ? lanes->waiting.head->data : NULL;
    return ticket ? ticket->item : NULL;
}

unsigned lanes_waiting(const Lanes *lanes)
{
    return lanes->waiting.length;
}

bool lanes_is_busy(const Lanes *lanes, const char *key)
{
    return g_hash_table_contains(lanes->lanes, key);
}
