/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A round takes all domains that there were at its beginning, a few at a time, so that each is read
 * within a minute. Where reading takes long, because there are many domains or libvirt is slow, a
 * round takes longer: of one worker's time, reading has a twentieth at most.
 */
#include "host/sweep.h"

#include "base/error.h"

#define ROUND (45 * USEC_PER_SEC)
#define MOST  32 /* domains at a time */
/* The longest pause, which is what a few domains wait. */
#define LONGEST (15 * USEC_PER_SEC)
/* While there are others to be read. */
#define LATER (5 * USEC_PER_SEC)
/* For each moment of reading, this many pass. */
#define SHARE 20

struct Sweep {
    Inventory *inventory;
    DocumentReader *reader;
    sd_event_source *timer;
    GArray *round; /* of Uuid */
    guint next;    /* in the round */
    int64_t paid;  /* µs, monotonic: until then the reading so far may take */
};

static void begin_round(Sweep *sweep)
{
    GHashTableIter iter;
    const Domain *domain;
    g_array_set_size(sweep->round, 0);
    sweep->next = 0;
    g_hash_table_iter_init(&iter, sweep->inventory->domains);
    while ((domain = inventory_next(&iter)))
        g_array_append_val(sweep->round, domain->uuid);
}

static void mark_some(Sweep *sweep)
{
    document_reader_take_busy(sweep->reader); /* what others had read is not the sweep's */
    if (sweep->next >= sweep->round->len)
        begin_round(sweep);
    for (guint i = 0; i < MOST && sweep->next < sweep->round->len; i++) {
        const Uuid *uuid = &g_array_index(sweep->round, Uuid, sweep->next++);
        Domain *domain = inventory_find(sweep->inventory, uuid);
        if (!domain)
            continue;
        inventory_mark_doubtful(domain);
        inventory_mark_live_doubtful(domain, false);
    }
}

/* What was read since the last time has to be paid for with time that passes. */
static int64_t debt(Sweep *sweep, int64_t now)
{
    if (sweep->round->len == 0) /* nothing was read for the sweep yet: it is the start's */
        document_reader_take_busy(sweep->reader);
    sweep->paid = MAX(sweep->paid, now - (int64_t)LONGEST);
    sweep->paid += SHARE * document_reader_take_busy(sweep->reader);
    return sweep->paid - now;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    Sweep *sweep = userdata;
    uint64_t pause;
    int64_t owed = debt(sweep, g_get_monotonic_time());
    if (owed > 0) {
        pause = CLAMP((uint64_t)owed, USEC_PER_SEC / 10, LONGEST);
    } else {
        bool behind = sweep->inventory->doubtful.length > 0;
        if (!behind)
            mark_some(sweep);
        document_reader_read(sweep->reader);
        document_reader_read_live(sweep->reader);
        pause = behind ? LATER : MIN(ROUND * MOST / MAX(sweep->round->len, 1), LONGEST);
    }
    need_memory(sd_event_source_set_time_relative(source, pause));
    return need_memory(sd_event_source_set_enabled(source, SD_EVENT_ONESHOT));
}

Sweep *sweep_new(const HostContext *context, Inventory *inventory, DocumentReader *reader)
{
    Sweep *sweep = g_new0(Sweep, 1);
    *sweep = (Sweep){.inventory = inventory, .reader = reader};
    sweep->round = g_array_new(FALSE, FALSE, sizeof(Uuid));
    if (sd_event_add_time_relative(context->event, &sweep->timer, CLOCK_MONOTONIC, LONGEST,
                                   USEC_PER_SEC / 10, on_timer, sweep) < 0)
        g_clear_pointer(&sweep, sweep_free);
    return sweep;
}

void sweep_free(Sweep *sweep)
{
    if (!sweep)
        return;
    sd_event_source_disable_unref(sweep->timer);
    g_array_unref(sweep->round);
    g_free(sweep);
}
