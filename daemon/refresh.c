/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Background reading: domains, what the host can do, and what libvirt has no events for.
 *
 * Reads again, a batch at a time and one batch at once, what events have made doubtful. A domain
 * that was touched meanwhile, or that one of our own edits is at work on, is left for a later
 * batch: what was read of it may be older than what is known.
 */
#include <string.h>

#include "errors.h"
#include "inventory.h"

#define BATCH 32
/* After a batch that libvirt did not answer. */
#define RETRY_TIMEOUT (30 * USEC_PER_SEC)
/* libvirt looks at every emulator when it is asked for the first time. */
#define LEARN_TIMEOUT (20 * USEC_PER_SEC)

typedef struct {
    char uuid[UUID_TEXT];
    uint32_t generation;
    RevisionMark mark;
    char *before; /* the document known so far, or NULL */
    DomainNews news;
    bool gone;
    DwChanges changes;
    bool compared;
} Item;

typedef struct {
    Item items[BATCH];
    unsigned count;
} Batch;

static void batch_free(void *data)
{
    Batch *batch = data;
    for (unsigned i = 0; i < batch->count; i++) {
        Item *item = &batch->items[i];
        domain_news_clear(&item->news);
        if (item->compared)
            dw_changes_clear(&item->changes);
        if (item->before)
            explicit_bzero(item->before, strlen(item->before));
        g_free(item->before);
    }
    g_free(batch);
}

static void compare(Item *item)
{
    RevisionMark mark = revision_mark(item->news.revision);
    if (!item->before || memcmp(&mark, &item->mark, sizeof mark) == 0)
        return;
    g_autoptr(DwDocument) before = dw_document_parse(item->before, strlen(item->before), NULL);
    g_autoptr(DwDocument) after = dw_document_parse(item->news.text, strlen(item->news.text), NULL);
    if (!before || !after)
        return;
    dw_changes_between(before, after, &item->changes);
    item->compared = true;
}

static void batch_run(Job *job, void *link, void *data)
{
    Batch *batch = data;
    for (unsigned i = 0; link && i < batch->count && !job_is_abandoned(job); i++) {
        Item *item = &batch->items[i];
        g_autoptr(GError) error = NULL;
        if (domain_news_read(link, item->uuid, &item->news, &error))
            compare(item);
        else
            item->gone = g_error_matches(error, DW_ERROR, DW_ERROR_NOT_FOUND);
    }
}

/* False when libvirt did not tell of it: it is tried again, but not at once. */
static bool take(Host *host, Item *item)
{
    Uuid uuid;
    uuid_parse(item->uuid, &uuid);
    Domain *domain = inventory_find_any(host, &uuid);
    bool read = item->gone || item->news.domain;
    if (!domain)
        return true;
    if (!read || domain->generation != item->generation ||
        job_pool_key_busy(host->pool, item->uuid))
        host_mark_stale(host, domain);
    else if (item->gone)
        inventory_remove(domain);
    else
        inventory_update(host, &item->news, item->compared ? &item->changes : NULL);
    return read;
}

/* Which domains a lost batch was about is lost with it. */
static void mark_all(Host *host)
{
    GHashTableIter iter;
    gpointer domain;
    g_hash_table_iter_init(&iter, host->domains);
    while (g_hash_table_iter_next(&iter, NULL, &domain))
        host_mark_stale(host, domain);
}

static void batch_done(JobEnd end, void *data, void *context)
{
    Host *host = context;
    Batch *batch = data;
    host->refreshing = false;
    bool progress = !batch;
    if (!batch)
        mark_all(host);
    for (unsigned i = 0; batch && i < batch->count; i++)
        progress = take(host, &batch->items[i]) || progress;
    if (host->state != HOST_CONNECTED)
        return;
    if (!progress || !host_refresh(host))
        host_settle(host);
}

static const JobType batch_type = {NULL, batch_run, batch_done, batch_free};

void host_mark_stale(Host *host, Domain *domain)
{
    if (!domain->stale) {
        g_queue_push_tail(&host->stale, domain);
        domain->stale = host->stale.tail;
    }
}

static void fill(Item *item, Domain *domain)
{
    uuid_format(&domain->uuid, item->uuid);
    item->generation = domain->generation;
    item->mark = domain->mark;
    item->before = domain->known ? g_strdup(texts_get(domain->host->texts, &domain->uuid)) : NULL;
}

bool host_refresh(Host *host)
{
    if (host->refreshing || host->state != HOST_CONNECTED || !host->stale.head)
        return host->refreshing;
    Batch *batch = g_new0(Batch, 1);
    for (GList *link = host->stale.head, *next; link && batch->count < BATCH; link = next) {
        Domain *domain = link->data;
        char uuid[UUID_TEXT];
        next = link->next;
        uuid_format(&domain->uuid, uuid);
        if (job_pool_key_busy(host->pool, uuid))
            continue;
        fill(&batch->items[batch->count++], domain);
        g_queue_delete_link(&host->stale, link);
        domain->stale = NULL;
    }
    if (batch->count == 0) {
        batch_free(batch);
        return false;
    }
    host->refreshing = host_submit(host, &batch_type, NULL, RETRY_TIMEOUT, batch, host, NULL);
    if (!host->refreshing)
        mark_all(host);
    return host->refreshing;
}

/* ---- What no event tells ---- */

typedef struct {
    Facts *facts;
    bool anew;
    uint64_t hypervisor;
    GHashTable *autostarts; /* set of Uuid; NULL: not known */
    unsigned serial;        /* of the host's autostarts, when it was submitted */
} Lesson;

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

static void lesson_run(Job *job, void *link, void *data)
{
    Lesson *lesson = data;
    if (!link)
        return;
    if (lesson->anew)
        facts_load(lesson->facts, link);
    else
        facts_renew(lesson->facts, link);
    lesson->hypervisor = virt_hypervisor_version(link);
    if (!lesson->anew)
        lesson->autostarts = read_autostarts(link);
}

static void take_autostarts(Host *host, const Lesson *lesson)
{
    GHashTableIter iter;
    Domain *domain;
    if (!lesson->autostarts || lesson->serial != host->autostart_serial)
        return;
    g_hash_table_iter_init(&iter, host->domains);
    while ((domain = inventory_next(&iter))) {
        bool autostart = g_hash_table_contains(lesson->autostarts, &domain->uuid);
        if (autostart != domain->autostart)
            inventory_set_autostart(domain, autostart);
    }
}

static void lesson_done(JobEnd end, void *data, void *context)
{
    Host *host = context;
    const Lesson *lesson = data;
    host->looking = false;
    if (lesson && lesson->hypervisor > 0 && lesson->hypervisor != host->hypervisor) {
        host->hypervisor = lesson->hypervisor;
        sd_bus_emit_properties_changed(host->server->bus, host->path, DOMWRIGHT_HOST_INTERFACE,
                                       "HypervisorVersion", NULL);
    }
    if (lesson)
        take_autostarts(host, lesson);
    host_learned(host);
}

static void lesson_free(void *data)
{
    Lesson *lesson = data;
    facts_unref(lesson->facts);
    g_clear_pointer(&lesson->autostarts, g_hash_table_unref);
    g_free(lesson);
}

static const JobType lesson_type = {NULL, lesson_run, lesson_done, lesson_free};

static bool submit_lesson(Host *host, bool anew)
{
    Lesson *lesson = g_new0(Lesson, 1);
    *lesson = (Lesson){.anew = anew, .serial = host->autostart_serial};
    lesson->facts = facts_ref(host->facts);
    return host_submit(host, &lesson_type, NULL, LEARN_TIMEOUT, lesson, host, NULL);
}

void host_learn(Host *host)
{
    if (!submit_lesson(host, true))
        host_learned(host);
}

void host_look(Host *host)
{
    if (host->state == HOST_CONNECTED && !host->looking)
        host->looking = submit_lesson(host, false);
}
