/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps domains true: state follows libvirt's events directly, in their order; documents are handed
 * in by the reader and by edits. Listeners are told what differs. Main thread.
 */
#include "inventory/inventory.h"

#include <string.h>

#include "base/secret-text.h"
#include "inventory/inventory-news.h"

/* Bytes of documents kept for one host: persistent ones, and running ones. */
#define DOCUMENT_BUDGET      (1024 * 1024)
#define LIVE_DOCUMENT_BUDGET (4 * 1024 * 1024)
/* And of values that lists show: those of a few keys of some thousand domains. */
#define VALUE_BUDGET (1024 * 1024)
/* More results than this without an event: the events are not going to come. */
#define MAX_OWN_EVENTS 8

/* ---- The table ---- */

static void domain_free(void *userdata)
{
    Domain *domain = userdata;
    g_free(domain->name);
    g_free(domain->title);
    g_free(domain);
}

Inventory *inventory_new(Host *host, const char *path, const GArray *listeners)
{
    Inventory *inventory = g_new0(Inventory, 1);
    *inventory = (Inventory){.host = host, .path = path, .listeners = listeners};
    inventory->domains = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, domain_free);
    inventory->names = g_hash_table_new(g_str_hash, g_str_equal);
    inventory->documents = document_cache_new(DOCUMENT_BUDGET);
    inventory->live_documents = document_cache_new(LIVE_DOCUMENT_BUDGET);
    inventory->values = value_cache_new(VALUE_BUDGET);
    return inventory;
}

void inventory_free(Inventory *inventory)
{
    g_queue_clear(&inventory->doubtful);
    g_queue_clear(&inventory->live_doubtful);
    g_hash_table_unref(inventory->names);
    g_clear_pointer(&inventory->by_name, g_ptr_array_unref);
    g_hash_table_unref(inventory->domains);
    document_cache_free(inventory->documents);
    document_cache_free(inventory->live_documents);
    value_cache_free(inventory->values);
    g_free(inventory);
}

Domain *inventory_find_any(const Inventory *inventory, const Uuid *uuid)
{
    return g_hash_table_lookup(inventory->domains, uuid);
}

Domain *inventory_find(const Inventory *inventory, const Uuid *uuid)
{
    Domain *domain = inventory_find_any(inventory, uuid);
    return domain && !domain->hidden ? domain : NULL;
}

static Domain *find_name(const Inventory *inventory, const char *name)
{
    Domain *domain = g_hash_table_lookup(inventory->names, name);
    return domain && !domain->hidden ? domain : NULL;
}

Domain *inventory_find_word(const Inventory *inventory, const char *word)
{
    Uuid uuid;
    Domain *domain = find_name(inventory, word);
    return domain || !uuid_parse(word, &uuid) ? domain : inventory_find(inventory, &uuid);
}

Domain *inventory_next(GHashTableIter *iter)
{
    gpointer value;
    while (g_hash_table_iter_next(iter, NULL, &value)) {
        if (!((Domain *)value)->hidden)
            return value;
    }
    return NULL;
}

static int compare_names(const void *a, const void *b)
{
    const Domain *const *first = a, *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

const GPtrArray *inventory_sorted(Inventory *inventory)
{
    if (inventory->by_name)
        return inventory->by_name;
    GHashTableIter iter;
    gpointer domain;
    inventory->by_name = g_ptr_array_new();
    g_hash_table_iter_init(&iter, inventory->domains);
    while (g_hash_table_iter_next(&iter, NULL, &domain))
        g_ptr_array_add(inventory->by_name, domain);
    g_ptr_array_sort(inventory->by_name, compare_names);
    return inventory->by_name;
}

static void forget_name(Domain *domain)
{
    g_clear_pointer(&domain->inventory->by_name, g_ptr_array_unref);
    if (g_hash_table_lookup(domain->inventory->names, domain->name) == domain)
        g_hash_table_remove(domain->inventory->names, domain->name);
}

static void set_name(Domain *domain, const char *name)
{
    forget_name(domain);
    g_free(domain->name);
    domain->name = g_strdup(name);
    g_hash_table_replace(domain->inventory->names, domain->name, domain);
}

/* ---- What has to be read again ---- */

void inventory_mark_doubtful(Domain *domain)
{
    GQueue *queue = &domain->inventory->doubtful;
    if (domain->doubtful)
        return;
    g_queue_push_tail(queue, domain);
    domain->doubtful = queue->tail;
}

void inventory_mark_live_doubtful(Domain *domain, bool reported)
{
    domain->live_change_reported |= reported;
    domain->live_being_read = false; /* it is going to be again */
    if (domain->live_doubtful || !domain_active(domain))
        return;
    g_queue_push_tail(&domain->inventory->live_doubtful, domain);
    domain->live_doubtful = domain->inventory->live_doubtful.tail;
}

void inventory_saw(Domain *domain, bool live, const char *revision)
{
    RevisionMark now = revision_mark(revision);
    const RevisionMark *known = live ? &domain->live_revision : &domain->revision;
    if (!*revision || !(live ? domain->live_revision_known : domain->revision_known) ||
        revision_equal(&now, known))
        return;
    if (live)
        inventory_mark_live_doubtful(domain, false);
    else
        inventory_mark_doubtful(domain);
}

void inventory_mark_all(Inventory *inventory, bool live)
{
    GHashTableIter iter;
    gpointer domain;
    g_hash_table_iter_init(&iter, inventory->domains);
    while (g_hash_table_iter_next(&iter, NULL, &domain)) {
        if (live)
            inventory_mark_live_doubtful(domain, false);
        else
            inventory_mark_doubtful(domain);
    }
}

void inventory_unmark(Domain *domain, bool live)
{
    Inventory *inventory = domain->inventory;
    GList **link = live ? &domain->live_doubtful : &domain->doubtful;
    if (*link)
        g_queue_delete_link(live ? &inventory->live_doubtful : &inventory->doubtful, *link);
    *link = NULL;
    if (live)
        domain->live_change_reported = false;
}

/* ---- Running documents ---- */

/* Another id is another start, whose time is not known unless its event tells. */
static void set_id(Domain *domain, int32_t id)
{
    if (domain->id != id) {
        domain->started_at = 0;
        domain->pending = false;
    }
    domain->id = id;
    domain->next_id = MAX(domain->next_id, id + 1);
}

static bool knows_live(const Domain *domain, int32_t id)
{
    return domain->id == id && document_cache_get(domain->inventory->live_documents, &domain->uuid);
}

void inventory_started(Domain *domain, int32_t id, char *text)
{
    bool told = domain->live_change_reported || knows_live(domain, id);
    if (told || !text || domain->id != id)
        secret_text_free(text);
    else
        document_cache_put(domain->inventory->live_documents, &domain->uuid, text, true);
    domain->live_parses &= told; /* else nobody has tried */
}

static void forget_live(Domain *domain)
{
    inventory_unmark(domain, true);
    domain->live_revision_known = false;
    document_cache_remove(domain->inventory->live_documents, &domain->uuid);
}

void inventory_set_run(Domain *domain, uint64_t started_at, bool pending)
{
    g_auto(DomainProperties) before = {0};
    domain_properties_get(domain, &before);
    if (domain->started_at == 0)
        domain->started_at = started_at;
    domain->pending = pending;
    news_properties(domain->inventory->listeners, domain, &before);
}

void inventory_live_document(Domain *domain, DomainSnapshot *read, bool tell,
                             const DwChanges *changes)
{
    document_cache_put(domain->inventory->live_documents, &domain->uuid,
                       g_steal_pointer(&read->text), true);
    domain->live_parses = read->parses;
    domain->live_revision = revision_mark(read->revision);
    domain->live_revision_known = true;
    if (tell && !domain->hidden)
        news_live(domain->inventory->listeners, domain, changes, read->revision);
}

/* ---- Coming and going ---- */

static Domain *add(Inventory *inventory, const char *uuid_text, const char *name)
{
    Uuid uuid;
    if (!uuid_parse(uuid_text, &uuid) || !name)
        return NULL;
    Domain *domain = g_new0(Domain, 1);
    *domain = (Domain){.object = {OBJECT_DOMAIN},
                       .state = VIRT_SHUTOFF,
                       .id = -1,
                       .uuid = uuid,
                       .inventory = inventory,
                       .hidden = true};
    uuid_format(&uuid, domain->uuid_text);
    domain->name = g_strdup(name);
    g_hash_table_insert(inventory->domains, &domain->uuid, domain);
    g_hash_table_replace(inventory->names, domain->name, domain);
    g_clear_pointer(&inventory->by_name, g_ptr_array_unref);
    return domain;
}

static void announce(Domain *domain)
{
    domain->hidden = false;
    if (!domain->inventory->resyncing_first)
        news_added(domain->inventory->listeners, domain);
}

void inventory_remove(Domain *domain)
{
    Inventory *inventory = domain->inventory;
    document_cache_remove(inventory->documents, &domain->uuid);
    value_cache_remove(inventory->values, &domain->uuid);
    inventory_unmark(domain, false);
    forget_live(domain);
    forget_name(domain);
    g_hash_table_steal(inventory->domains, &domain->uuid);
    if (!domain->hidden)
        news_removed(domain->inventory->listeners, domain);
    domain_free(domain);
}

/* ---- Events ---- */

static const EditEvent edit_events[] = {
    [VIRT_EVENT_DEFINED] = EDIT_EVENT_DEFINED, [VIRT_EVENT_METADATA] = EDIT_EVENT_METADATA,
    [VIRT_EVENT_LIVE] = EDIT_EVENT_LIVE,       [VIRT_EVENT_DEVICE_REMOVED] = EDIT_EVENT_LIVE,
    [VIRT_EVENT_CLOSED] = EDIT_EVENT_NONE,
};

/* Counts what edits cause, too. True: our own edit has caused it, case 4 of the table in the
 * header.
 */
static bool is_own(Inventory *inventory, Domain *domain, EditEvent kind)
{
    if (kind == EDIT_EVENT_NONE)
        return false;
    inventory->has_events[kind] = true;
    if (!domain)
        return false;
    if (domain->own_events_pending[kind] > 0) {
        domain->own_events_pending[kind]--;
        return true;
    }
    domain->events_during_edit[kind] += domain->events_during_edit[kind] < UINT8_MAX;
    return false;
}

static void on_defined(Inventory *inventory, Domain *domain, const VirtEvent *event, bool own)
{
    if (domain) {
        set_name(domain, event->name);
        domain->persistent = true;
    } else if ((domain = add(inventory, event->uuid, event->name))) {
        domain->persistent = true;
        set_id(domain, event->id);
        domain->state = event->id >= 0 ? VIRT_RUNNING : VIRT_SHUTOFF;
    }
    if (domain && !own)
        inventory_mark_doubtful(domain);
}

static void on_started(Inventory *inventory, Domain *domain, const VirtEvent *event)
{
    if (!domain && !(domain = add(inventory, event->uuid, event->name)))
        return;
    bool known = knows_live(domain, event->id);
    set_id(domain, event->id);
    if (event->id >= 0 && domain->started_at == 0)
        domain->started_at = g_get_real_time();
    domain->state = VIRT_RUNNING;
    if (!known) {
        forget_live(domain);
        inventory_mark_live_doubtful(domain, false);
    }
    if (domain->hidden || event->id < 0)
        inventory_mark_doubtful(domain);
}

/* Changes an existing domain; false when that was its end. */
static bool change(Domain *domain, const VirtEvent *event, bool own)
{
    switch (event->type) {
    case VIRT_EVENT_UNDEFINED:
        if (domain->own_events_pending[EDIT_EVENT_DEFINED] > 0) {
            inventory_mark_doubtful(domain);
            return true;
        }
        domain->persistent = false;
        return domain_active(domain);
    case VIRT_EVENT_STOPPED:
        set_id(domain, -1);
        domain->state = VIRT_SHUTOFF;
        forget_live(domain);
        return domain->persistent;
    case VIRT_EVENT_STATE:
        domain->state = event->state;
        return true;
    case VIRT_EVENT_METADATA:
        if (!own) {
            inventory_mark_doubtful(domain);
            inventory_mark_live_doubtful(domain, true);
        }
        return true;
    case VIRT_EVENT_LIVE:
        inventory_mark_live_doubtful(domain, true);
        return true;
    case VIRT_EVENT_DEVICE_REMOVED:
        inventory_mark_live_doubtful(domain, true);
        news_removal_answered(domain->inventory->listeners, domain);
        return true;
    case VIRT_EVENT_REMOVAL_REFUSED:
        news_removal_answered(domain->inventory->listeners, domain);
        return true;
    default:
        return true;
    }
}

void inventory_event(Inventory *inventory, const VirtEvent *event)
{
    Uuid uuid;
    if (!uuid_parse(event->uuid, &uuid))
        return;
    Domain *domain = inventory_find_any(inventory, &uuid);
    g_auto(DomainProperties) before = {0};
    bool own = is_own(inventory, domain, edit_events[event->type]);
    if (domain) {
        domain->change_count++;
        domain_properties_get(domain, &before);
    }
    bool lives = true;
    if (event->type == VIRT_EVENT_DEFINED)
        on_defined(inventory, domain, event, own);
    else if (event->type == VIRT_EVENT_STARTED)
        on_started(inventory, domain, event);
    else if (domain)
        lives = change(domain, event, own);
    if (domain && lives)
        news_properties(domain->inventory->listeners, domain, &before);
    else if (domain)
        inventory_remove(domain);
}

/* ---- What was read ---- */

static void take_autostart(Domain *domain, bool autostart, int64_t asked_at)
{
    if (asked_at < domain->autostart_known_at)
        return;
    domain->autostart = autostart;
    domain->autostart_known_at = asked_at;
}

static void take_state(Domain *domain, const VirtDomain *read)
{
    if (strcmp(domain->name, read->name) != 0)
        set_name(domain, read->name);
    set_id(domain, read->id);
    if (read->knows_state)
        domain->state = read->state;
    if (read->knows_persistent)
        domain->persistent = read->persistent;
    if (read->knows_autostart)
        take_autostart(domain, read->autostart, read->asked_at);
}

static void take_title(Domain *domain, const DomainSnapshot *snapshot)
{
    if (!snapshot->text)
        return;
    g_free(domain->title);
    domain->title = g_strdup(snapshot->title);
}

static void take_document(Domain *domain, const DomainSnapshot *snapshot, const DwChanges *changes)
{
    RevisionMark revision = revision_mark(snapshot->revision);
    bool first = !domain->revision_known;
    bool differs = !first && !revision_equal(&revision, &domain->revision);
    domain->revision = revision;
    domain->revision_known = true;
    if (!differs && !first)
        return;
    if (snapshot->parses)
        document_cache_put(domain->inventory->documents, &domain->uuid, g_strdup(snapshot->text),
                           differs);
    else
        document_cache_remove(domain->inventory->documents, &domain->uuid);
    news_document(domain->inventory->listeners, domain, first, changes, snapshot->revision);
}

void inventory_update(Inventory *inventory, const DomainSnapshot *snapshot,
                      const DwChanges *changes)
{
    const VirtDomain *read = snapshot->domain;
    Uuid uuid;
    if (!read || !uuid_parse(read->uuid, &uuid))
        return;
    Domain *domain = inventory_find_any(inventory, &uuid);
    if (!domain)
        domain = add(inventory, read->uuid, read->name);
    bool is_new = domain->hidden;
    g_auto(DomainProperties) before = {0};
    domain_properties_get(domain, &before);
    take_state(domain, read);
    take_title(domain, snapshot);
    if (is_new)
        announce(domain);
    else
        news_properties(domain->inventory->listeners, domain, &before);
    if (snapshot->text)
        take_document(domain, snapshot, changes);
}

/* ---- Our own edits ---- */

/* The host has not told of so many changes of ours yet, and will. */
static void expect_events(Domain *domain, EditEvent kind, unsigned count)
{
    uint8_t *pending = &domain->own_events_pending[kind];
    if (domain->inventory->has_events[kind])
        *pending = MIN(*pending + count, MAX_OWN_EVENTS);
}

void inventory_defined(Inventory *inventory, const DomainSnapshot *snapshot)
{
    Uuid uuid;
    if (!snapshot->domain || !uuid_parse(snapshot->domain->uuid, &uuid))
        return;
    bool told = inventory_find_any(inventory, &uuid) != NULL;
    inventory_update(inventory, snapshot, NULL);
    if (!told)
        expect_events(inventory_find_any(inventory, &uuid), EDIT_EVENT_DEFINED, 1);
}

void inventory_edit_begins(Domain *domain)
{
    memset(domain->events_during_edit, 0, sizeof domain->events_during_edit);
    domain->doubtful_before_edit = domain->doubtful != NULL;
}

/* An edit was to cause so many events; false: others came, too. */
static bool only_ours(Domain *domain, EditEvent kind, unsigned expected)
{
    unsigned seen = domain->events_during_edit[kind];
    if (seen < expected)
        expect_events(domain, kind, expected - seen);
    return seen <= expected;
}

static void take_stored(Domain *domain, const DomainSnapshot *stored, const DwChanges *changes)
{
    g_auto(DomainProperties) before = {0};
    domain_properties_get(domain, &before);
    take_title(domain, stored);
    news_properties(domain->inventory->listeners, domain, &before);
    take_document(domain, stored, changes);
}

/* What was read back follows what is known, or it is read again. */
static void take_running(Domain *domain, const EditResult *result)
{
    DomainSnapshot *running = result->running;
    const char *known = document_cache_get(domain->inventory->live_documents, &domain->uuid);
    if (!known || !running->text || strcmp(known, result->running_before) != 0) {
        if (!known || g_strcmp0(known, running->text) != 0)
            inventory_mark_live_doubtful(domain, true);
        return;
    }
    bool differs = strcmp(known, running->text) != 0 &&
                   (!result->live_changes || any_changes(result->live_changes));
    inventory_live_document(domain, running, differs, result->live_changes);
}

void inventory_edit_ends(Domain *domain, const EditResult *result)
{
    bool any = domain->events_during_edit[EDIT_EVENT_DEFINED] > 0 ||
               domain->events_during_edit[EDIT_EVENT_METADATA] > 0;
    bool defined = only_ours(domain, EDIT_EVENT_DEFINED, result->stored != NULL);
    bool metadata = only_ours(domain, EDIT_EVENT_METADATA, result->metadata_calls);
    bool live = only_ours(domain, EDIT_EVENT_LIVE, 0);
    if (any && defined && metadata && (result->stored || !domain->doubtful_before_edit))
        inventory_unmark(domain, false);
    if (result->stored) {
        domain->change_count++;
        take_stored(domain, result->stored, result->changes);
    }
    if (!result->running)
        return;
    if (metadata && live)
        inventory_unmark(domain, true);
    take_running(domain, result);
}

void inventory_renamed(Domain *domain, const char *name)
{
    g_auto(DomainProperties) before = {0};
    domain_properties_get(domain, &before);
    if (strcmp(domain->name, name) != 0)
        set_name(domain, name);
    news_properties(domain->inventory->listeners, domain, &before);
}

void inventory_set_autostart(Domain *domain, bool autostart, int64_t asked_at)
{
    g_auto(DomainProperties) before = {0};
    domain_properties_get(domain, &before);
    take_autostart(domain, autostart, asked_at);
    news_properties(domain->inventory->listeners, domain, &before);
}

void inventory_resync(Inventory *inventory, const GPtrArray *domains, bool first)
{
    g_autoptr(GHashTable) gone = g_hash_table_new(uuid_hash, uuid_equal);
    GHashTableIter iter;
    gpointer key, value;
    inventory->resyncing_first = first;
    g_hash_table_iter_init(&iter, inventory->domains);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(gone, key, value);
    for (guint i = 0; i < domains->len; i++) {
        DomainSnapshot snapshot = {.domain = domains->pdata[i]};
        Uuid uuid;
        if (!uuid_parse(snapshot.domain->uuid, &uuid))
            continue;
        g_hash_table_remove(gone, &uuid);
        inventory_update(inventory, &snapshot, NULL);
        Domain *domain = inventory_find_any(inventory, &uuid);
        /* Those events were lost with the connection, and another libvirtd counts ids anew. */
        domain->next_id = domain->id + 1;
        memset(domain->own_events_pending, 0, sizeof domain->own_events_pending);
        inventory_mark_doubtful(domain);
        inventory_mark_live_doubtful(domain, false);
    }
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        inventory_remove(value);
    inventory->resyncing_first = false;
}
