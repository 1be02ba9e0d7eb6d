/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wait is a timer that fires early when what it waits for has come: so that nothing is done from
 * within the inventory. */
#include "calls/wait.h"

#include "base/error.h"
#include "calls/server.h"

struct Wait {
    Server *server;
    sd_event_source *timer;
    bool (*arrived)(const void *data);
    void (*over)(void *data);
    void *data;
    GList link; /* in the server's waits */
};

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    const Wait *wait = userdata;
    wait->over(wait->data);
    return 0;
}

Wait *wait_new(Server *server, uint64_t usec, bool (*arrived)(const void *data),
               void (*over)(void *data), void *data)
{
    Wait *wait = g_new0(Wait, 1);
    *wait = (Wait){.server = server, .arrived = arrived, .over = over, .data = data};
    wait->link.data = wait;
    g_queue_push_tail_link(&server->waits, &wait->link);
    need_memory(sd_event_add_time_relative(server->event, &wait->timer, CLOCK_MONOTONIC,
                                           arrived(data) ? 0 : usec, 0, on_timer, wait));
    return wait;
}

void wait_free(Wait *wait)
{
    if (!wait)
        return;
    g_queue_unlink(&wait->server->waits, &wait->link);
    sd_event_source_disable_unref(wait->timer);
    g_free(wait);
}

void waits_end(Server *server)
{
    for (GList *link = server->waits.head; link; link = link->next)
        need_memory(sd_event_source_set_time_relative(((Wait *)link->data)->timer, 0));
}

static void look(Server *server)
{
    for (GList *link = server->waits.head; link; link = link->next) {
        const Wait *wait = link->data;
        if (wait->arrived(wait->data))
            need_memory(sd_event_source_set_time_relative(wait->timer, 0));
    }
}

static void on_news(const Domain *domain, void *userdata)
{
    look(userdata);
}

static void on_properties(const Domain *domain, const char *const *names, void *userdata)
{
    look(userdata);
}

InventoryListener waits_inventory_listener(Server *server)
{
    return (InventoryListener){.data = server,
                               .removed = on_news,
                               .properties_changed = on_properties,
                               .removal_answered = on_news};
}
