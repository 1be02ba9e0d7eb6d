/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both kinds of poll are one task; the first one does not ask for autostart flags, which the list
 * of domains has just brought. */
#include "host/poll.h"

/* libvirt looks at every emulator when it is asked for the first time. */
#define POLL_TIMEOUT (20 * USEC_PER_SEC)

typedef struct {
    CapabilitiesCache *capabilities;
    bool anew;
    uint64_t hypervisor;
    GHashTable *autostarts; /* set of Uuid; NULL: not known */
    int64_t asked_at;       /* µs, monotonic: for the autostarts */
} Answers;

struct Poll {
    Inventory *inventory;
    HostQueue *queue;
    CapabilitiesCache *capabilities;
    void (*done)(bool changed, bool late, void *data);
    void *data;
    uint64_t hypervisor;
    bool polling;
};

/* ---- On a worker ---- */

static GHashTable *read_autostarts(Virt *virt)
{
    g_autoptr(GPtrArray) texts = virt_autostarts(virt, NULL);
    GHashTable *set = texts ? g_hash_table_new_full(uuid_hash, uuid_equal, g_free, NULL) : NULL;
    for (guint i = 0; texts && i < texts->len; i++) {
        Uuid uuid;
        if (uuid_parse(texts->pdata[i], &uuid))
            g_hash_table_add(set, g_memdup2(&uuid, sizeof uuid));
    }
    return set;
}

static void answers_run(Task *task, void *link, void *data)
{
    Answers *answers = data;
    if (!link)
        return;
    if (answers->anew)
        capabilities_cache_load(answers->capabilities, link);
    else
        capabilities_cache_renew(answers->capabilities, link);
    answers->hypervisor = virt_hypervisor_version(link);
    answers->asked_at = g_get_monotonic_time();
    if (!answers->anew)
        answers->autostarts = read_autostarts(link);
}

/* ---- On the main thread ---- */

static void take_autostarts(Inventory *inventory, const Answers *answers)
{
    GHashTableIter iter;
    Domain *domain;
    if (!answers->autostarts)
        return;
    g_hash_table_iter_init(&iter, inventory->domains);
    while ((domain = inventory_next(&iter))) {
        bool autostart = g_hash_table_contains(answers->autostarts, &domain->uuid);
        if (autostart != domain->autostart)
            inventory_set_autostart(domain, autostart, answers->asked_at);
    }
}

static void answers_done(TaskEnd end, void *data, void *context)
{
    Poll *poll = context;
    const Answers *answers = data;
    poll->polling = false;
    bool changed = answers && answers->hypervisor > 0 && answers->hypervisor != poll->hypervisor;
    if (changed)
        poll->hypervisor = answers->hypervisor;
    if (answers)
        take_autostarts(poll->inventory, answers);
    poll->done(changed, end == TASK_TIMEOUT, poll->data);
}

static void answers_free(void *data)
{
    Answers *answers = data;
    capabilities_cache_unref(answers->capabilities);
    g_clear_pointer(&answers->autostarts, g_hash_table_unref);
    g_free(answers);
}

static const TaskType answers_type = {NULL, answers_run, answers_done, answers_free};

static bool submit(Poll *poll, bool anew)
{
    Answers *answers = g_new0(Answers, 1);
    *answers = (Answers){.anew = anew};
    answers->capabilities = capabilities_cache_ref(poll->capabilities);
    return host_queue_submit(poll->queue, &answers_type, NULL, POLL_TIMEOUT, answers, poll, NULL);
}

Poll *poll_new(Inventory *inventory, HostQueue *queue, CapabilitiesCache *capabilities,
               void (*done)(bool changed, bool late, void *data), void *data)
{
    Poll *poll = g_new0(Poll, 1);
    *poll = (Poll){inventory, queue, capabilities, done, data};
    return poll;
}

void poll_free(Poll *poll)
{
    g_free(poll);
}

void poll_learn(Poll *poll)
{
    if (!submit(poll, true))
        poll->done(false, false, poll->data);
}

void poll_now(Poll *poll)
{
    if (host_queue_is_open(poll->queue) && !poll->polling)
        poll->polling = submit(poll, false);
}

uint64_t poll_hypervisor_version(const Poll *poll)
{
    return poll->hypervisor;
}
