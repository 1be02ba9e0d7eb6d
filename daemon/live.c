/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The running side of domains: libvirt's events say that a device came or went, a tray opened, a
 * balloon grew, but not what differs in the document. So the document of what runs is read when a
 * domain starts and again after each such event, in the background and one batch at a time, and the
 * two are compared. What the persistent side does is refresh.c's.
 */
#include "live.h"

#include <string.h>

#include "signals.h"

#define BATCH         8
#define BATCH_TIMEOUT (30 * USEC_PER_SEC)

typedef struct {
    char uuid[UUID_TEXT];
    int32_t id;   /* another start is another document */
    bool told;    /* an event said that something is different now */
    char *before; /* what ran when it was read last, or NULL */
    char *after;  /* NULL: it runs no more */
    char revision[REVISION_TEXT];
    bool compared;
    DwChanges changes;
} Item;

typedef struct {
    Item items[BATCH];
    unsigned count;
} Batch;

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

static void batch_free(void *data)
{
    Batch *batch = data;
    for (unsigned i = 0; i < batch->count; i++) {
        Item *item = &batch->items[i];
        wipe(item->before);
        wipe(item->after);
        if (item->compared)
            dw_changes_clear(&item->changes);
    }
    g_free(batch);
}

static void compare(Item *item, const Virt *virt)
{
    revision_of(virt_uri(virt), item->after, strlen(item->after), item->revision);
    if (!item->before)
        return;
    g_autoptr(DwDocument) before = dw_document_parse(item->before, strlen(item->before), NULL);
    g_autoptr(DwDocument) after = dw_document_parse(item->after, strlen(item->after), NULL);
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
        item->after = virt_domain_xml(link, item->uuid, true, NULL);
        if (item->after)
            compare(item, link);
    }
}

static bool differs(const Item *item)
{
    if (!item->compared)
        return item->told;
    return item->changes.keys[0] || item->changes.devices->len > 0 || item->changes.other;
}

static void take(Host *host, Item *item)
{
    Uuid uuid;
    uuid_parse(item->uuid, &uuid);
    Domain *domain = inventory_find_any(host, &uuid);
    if (!domain || !item->after || domain->id != item->id)
        return;
    /* What an event told of meanwhile may be in it already: nothing can be compared with it. */
    if (!item->before && !item->told && domain->live_told)
        return;
    texts_put(host->live_texts, &uuid, g_steal_pointer(&item->after), true);
    g_autofree char *path = domain_path(domain);
    if (!domain->hidden && differs(item))
        signal_config_changed(host->server, path, true, item->compared ? &item->changes : NULL,
                              item->revision);
}

static void batch_done(JobEnd end, void *data, void *context)
{
    Host *host = context;
    Batch *batch = data;
    host->reading_live = false;
    for (unsigned i = 0; batch && i < batch->count; i++)
        take(host, &batch->items[i]);
    if (batch)
        live_read(host);
    else
        live_mark_all(host); /* which domains a lost batch was about is lost with it */
}

static const JobType batch_type = {NULL, batch_run, batch_done, batch_free};

void live_mark(Domain *domain, bool told)
{
    Host *host = domain->host;
    domain->live_told |= told;
    if (domain->live_stale || !domain_active(domain))
        return;
    g_queue_push_tail(&host->live_stale, domain);
    domain->live_stale = host->live_stale.tail;
}

void live_started(Domain *domain, int32_t id, char *text)
{
    Texts *texts = domain->host->live_texts;
    if (!text || domain->id != id || domain->live_told || texts_get(texts, &domain->uuid))
        wipe(text);
    else
        texts_put(texts, &domain->uuid, text, true);
}

bool live_knows(const Domain *domain, int32_t id)
{
    return domain->id == id && texts_get(domain->host->live_texts, &domain->uuid);
}

void live_mark_all(Host *host)
{
    GHashTableIter iter;
    gpointer domain;
    g_hash_table_iter_init(&iter, host->domains);
    while (g_hash_table_iter_next(&iter, NULL, &domain))
        live_mark(domain, false);
}

static void unmark(Domain *domain)
{
    if (domain->live_stale)
        g_queue_delete_link(&domain->host->live_stale, domain->live_stale);
    domain->live_stale = NULL;
    domain->live_told = false;
}

void live_forget(Domain *domain)
{
    unmark(domain);
    texts_remove(domain->host->live_texts, &domain->uuid);
}

void live_read(Host *host)
{
    if (host->reading_live || host->state != HOST_CONNECTED || !host->live_stale.head)
        return;
    Batch *batch = g_new0(Batch, 1);
    while (host->live_stale.head && batch->count < BATCH) {
        Domain *domain = host->live_stale.head->data;
        Item *item = &batch->items[batch->count++];
        uuid_format(&domain->uuid, item->uuid);
        item->id = domain->id;
        item->told = domain->live_told;
        item->before = g_strdup(texts_get(host->live_texts, &domain->uuid));
        unmark(domain);
    }
    host->reading_live = host_submit(host, &batch_type, NULL, BATCH_TIMEOUT, batch, host, NULL);
    if (!host->reading_live)
        live_mark_all(host);
}
