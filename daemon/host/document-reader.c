/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One batch at a time of each side. A result is dropped, and the domain left for a later batch,
 * when what was read may be older than what is known: the domain changed meanwhile, one of our own
 * edits is at work on it, or (running side) it is another start.
 */
#include "host/document-reader.h"

#include <string.h>

#include "base/error.h"
#include "base/secret-text.h"
#include "history/describe.h"

/* Domains in a batch, at most. */
#define BATCH      32
#define LIVE_BATCH 8
/* After a batch that libvirt did not answer. */
#define BATCH_TIMEOUT (30 * USEC_PER_SEC)

typedef struct {
    char uuid[UUID_TEXT];
    uint32_t change_count; /* of the domain, when the batch was made */
    int32_t id;            /* the same; another start is another document */
    bool reported;         /* an event said that the running document is different now */
    RevisionMark known;    /* of the running document without before, where `is_known` */
    bool is_known;
    char *before; /* the document known so far, or NULL */
    bool before_parses;
    DomainSnapshot snapshot;
    bool gone;
    bool same;     /* before is what was read */
    bool compared; /* changes is valid */
    DwChanges changes;
} Item;

typedef struct {
    bool live;
    unsigned count;
    int64_t busy;     /* µs it took */
    History *history; /* NULL: none is kept */
    Item items[BATCH];
} Batch;

/* One side of all domains. */
typedef struct {
    DocumentReader *reader;
    bool live;
    bool reading;
} Side;

struct DocumentReader {
    Inventory *inventory;
    HostQueue *queue;
    const HistoryKeeper *keeper;
    void (*caught_up)(void *data);
    void *data;
    Side persistent, live;
    int64_t busy; /* µs that batches took */
};

static bool read_side(Side *side);

static void batch_free(void *data)
{
    Batch *batch = data;
    for (unsigned i = 0; i < batch->count; i++) {
        Item *item = &batch->items[i];
        domain_snapshot_clear(&item->snapshot);
        secret_text_free(item->before);
        if (item->compared)
            dw_changes_clear(&item->changes);
    }
    history_clear(batch->history);
    g_free(batch);
}

/* ---- On a worker ---- */

static DwDocument *parse(const char *text, bool parses)
{
    return parses ? dw_document_parse_again(text, strlen(text))
                  : dw_document_parse(text, strlen(text), NULL);
}

static void compare(Item *item)
{
    const char *text = item->snapshot.text;
    if (!item->before)
        return;
    item->same = strcmp(item->before, text) == 0;
    if (item->same)
        return;
    g_autoptr(DwDocument) before = parse(item->before, item->before_parses);
    g_autoptr(DwDocument) after = parse(text, item->snapshot.parses);
    if (!before || !after)
        return;
    dw_changes_between(before, after, &item->changes);
    item->compared = true;
}

/* What libvirt makes up as the persistent document of a transient domain is no definition. */
static void keep(History *history, const Item *item)
{
    const DomainSnapshot *snapshot = &item->snapshot;
    if (snapshot->domain->knows_persistent && !snapshot->domain->persistent)
        return;
    history_keep_text(history, item->uuid, snapshot->domain->name, snapshot->revision,
                      snapshot->text);
}

static void batch_run(Task *task, void *link, void *data)
{
    Batch *batch = data;
    int64_t begin = g_get_monotonic_time();
    for (unsigned i = 0; link && i < batch->count && !task_is_abandoned(task); i++) {
        Item *item = &batch->items[i];
        g_autoptr(GError) error = NULL;
        if (batch->live)
            domain_snapshot_read_live(link, item->uuid, &item->snapshot);
        else if (!domain_snapshot_read(link, item->uuid, &item->snapshot, &error))
            item->gone = g_error_matches(error, DW_ERROR, DW_ERROR_NOT_FOUND);
        if (item->snapshot.text)
            compare(item);
        if (batch->history && item->snapshot.text)
            keep(batch->history, item);
    }
    batch->busy = g_get_monotonic_time() - begin;
}

/* ---- Taking what was read ---- */

/* False when libvirt did not tell of it: it is tried again, but not at once. */
static bool take(DocumentReader *reader, Item *item, Domain *domain)
{
    bool read = item->gone || item->snapshot.domain;
    if (!read || domain->change_count != item->change_count ||
        host_queue_key_busy(reader->queue, item->uuid))
        inventory_mark_doubtful(domain);
    else if (item->gone)
        inventory_remove(domain);
    else
        inventory_update(reader->inventory, &item->snapshot,
                         item->compared ? &item->changes : NULL);
    return read;
}

static bool live_differs(const Item *item)
{
    if (item->is_known) {
        RevisionMark now = revision_mark(item->snapshot.revision);
        return !revision_equal(&now, &item->known);
    }
    if (item->same || !item->compared)
        return !item->same && item->reported;
    return any_changes(&item->changes);
}

static void take_live(Item *item, Domain *domain)
{
    if (!item->snapshot.text || domain->id != item->id)
        return;
    /* A change reported while this was being read may or may not be included, so it cannot serve as
     * a baseline. */
    if (!item->before && !item->reported && domain->live_change_reported)
        return;
    /* The result of the start or of an edit came meanwhile, with a document that may be older or
     * newer. What differs from it was not compared here, and an event still to come would find
     * nothing left to tell. */
    const char *known = document_cache_get(domain->inventory->live_documents, &domain->uuid);
    if (known && g_strcmp0(known, item->before) != 0) {
        if (strcmp(known, item->snapshot.text) == 0)
            inventory_live_document(domain, &item->snapshot, false, NULL);
        else
            inventory_mark_live_doubtful(domain, item->reported);
        return;
    }
    inventory_live_document(domain, &item->snapshot, live_differs(item),
                            item->compared ? &item->changes : NULL);
}

/* True when anything was read. */
static bool take_batch(DocumentReader *reader, Batch *batch)
{
    bool progress = false;
    for (unsigned i = 0; i < batch->count; i++) {
        Item *item = &batch->items[i];
        Uuid uuid;
        uuid_parse(item->uuid, &uuid);
        Domain *domain = inventory_find_any(reader->inventory, &uuid);
        if (domain && batch->live)
            domain->live_being_read = false;
        if (!domain)
            progress = true;
        else if (batch->live)
            take_live(item, domain);
        else
            progress = take(reader, item, domain) || progress;
    }
    return progress;
}

static void batch_done(TaskEnd end, void *data, void *context)
{
    Side *side = context;
    DocumentReader *reader = side->reader;
    side->reading = false;
    bool progress = true;
    if (data) {
        reader->busy += ((const Batch *)data)->busy;
        progress = take_batch(reader, data);
    } else {
        inventory_mark_all(reader->inventory, side->live);
    }
    if (!host_queue_is_open(reader->queue))
        return;
    if (side->live) {
        if (data)
            read_side(side);
    } else if (!progress || !read_side(side)) {
        reader->caught_up(reader->data);
    }
}

static const TaskType batch_type = {NULL, batch_run, batch_done, batch_free};

/* ---- Making batches ---- */

static void fill(Item *item, const Domain *domain, bool live)
{
    DocumentCache *cache = live ? domain->inventory->live_documents : domain->inventory->documents;
    uuid_format(&domain->uuid, item->uuid);
    item->change_count = domain->change_count;
    item->id = domain->id;
    item->reported = domain->live_change_reported;
    item->known = domain->live_revision;
    if (live || domain->revision_known)
        item->before = g_strdup(document_cache_get(cache, &domain->uuid));
    item->before_parses = !live || domain->live_parses; /* a configuration that is kept does */
    item->is_known = live && !item->before && domain->live_revision_known;
}

/* Documents that one of our edits is at work on are left for later: it reads them itself. */
static Batch *batch_new(Side *side)
{
    Inventory *inventory = side->reader->inventory;
    GQueue *queue = side->live ? &inventory->live_doubtful : &inventory->doubtful;
    unsigned most = side->live ? LIVE_BATCH : BATCH;
    Batch *batch = g_new0(Batch, 1);
    batch->live = side->live;
    batch->history = side->live ? NULL : history_keeper_history(side->reader->keeper);
    for (GList *link = queue->head, *next; link && batch->count < most; link = next) {
        Domain *domain = link->data;
        char uuid[UUID_TEXT];
        next = link->next;
        uuid_format(&domain->uuid, uuid);
        if (host_queue_key_busy(side->reader->queue, uuid))
            continue;
        fill(&batch->items[batch->count++], domain, side->live);
        inventory_unmark(domain, side->live);
        domain->live_being_read |= side->live;
    }
    return batch;
}

static bool read_side(Side *side)
{
    DocumentReader *reader = side->reader;
    const Inventory *inventory = reader->inventory;
    const GQueue *queue = side->live ? &inventory->live_doubtful : &inventory->doubtful;
    if (side->reading || !host_queue_is_open(reader->queue) || !queue->head)
        return side->reading;
    Batch *batch = batch_new(side);
    if (batch->count == 0) {
        batch_free(batch);
        return false;
    }
    side->reading =
        host_queue_submit(reader->queue, &batch_type, NULL, BATCH_TIMEOUT, batch, side, NULL);
    if (!side->reading)
        inventory_mark_all(reader->inventory, side->live);
    return side->reading;
}

/* ---- Interface ---- */

DocumentReader *document_reader_new(Inventory *inventory, HostQueue *queue,
                                    const HistoryKeeper *keeper, void (*caught_up)(void *data),
                                    void *data)
{
    DocumentReader *reader = g_new0(DocumentReader, 1);
    *reader = (DocumentReader){inventory, queue,           keeper,         caught_up,
                               data,      {reader, false}, {reader, true}, 0};
    return reader;
}

void document_reader_free(DocumentReader *reader)
{
    g_free(reader);
}

bool document_reader_read(DocumentReader *reader)
{
    return read_side(&reader->persistent);
}

bool document_reader_read_live(DocumentReader *reader)
{
    return read_side(&reader->live);
}

int64_t document_reader_take_busy(DocumentReader *reader)
{
    int64_t busy = reader->busy;
    reader->busy = 0;
    return busy;
}
