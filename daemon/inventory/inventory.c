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

/* ---- Paths ---- */

static char *join_path(const Inventory *inventory, const char *uuid_text)
{
    char text[UUID_TEXT];
    g_strlcpy(text, uuid_text, sizeof text);
    text[8] = text[13] = text[18] = text[23] = '_'; /* its dashes */
    return g_strconcat(inventory->path, "/domain/_", text, NULL);
}

char *domain_path(const Domain *domain)
{
    return join_path(domain->inventory, domain->uuid_text);
}

char *inventory_path_of(const Inventory *inventory, const char *uuid_text)
{
    char text[UUID_TEXT];
    Uuid uuid;
    if (!uuid_parse(uuid_text, &uuid))
        return NULL;
    uuid_format(&uuid, text);
    return join_path(inventory, text);
}

Domain *inventory_at_path(const Inventory *inventory, const char *path)
{
    const char *text = strrchr(path, '/');
    Uuid uuid;
    Domain *domain = text && text[1] == '_' && uuid_parse(text + 2, &uuid)
                         ? inventory_find(inventory, &uuid)
                         : NULL;
    if (!domain)
        return NULL;
    /* One object, one path: capitals and dashes are not accepted. */
    g_autofree char *canonical = domain_path(domain);
    return strcmp(path, canonical) == 0 ? domain : NULL;
}

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

void inventory_saw(Domain *domain, const char *revision)
{
    RevisionMark now = revision_mark(revision);
    if (domain->revision_known && !revision_equal(&now, &domain->revision))
        inventory_mark_doubtful(domain);
}

void inventory_mark_live_doubtful(Domain *domain, bool reported)
{
    GQueue *queue = &domain->inventory->live_doubtful;
    domain->live_change_reported |= reported;
    if (domain->live_doubtful || !domain_active(domain))
        return;
    g_queue_push_tail(queue, domain);
    domain->live_doubtful = queue->tail;
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
}

void inventory_started(Domain *domain, int32_t id, char *text)
{
    DocumentCache *cache = domain->inventory->live_documents;
    if (domain->id == id && !domain->live_change_reported &&
        !document_cache_get(cache, &domain->uuid) && text)
        document_cache_put(cache, &domain->uuid, text, true);
    else
        secret_text_free(text);
}

static bool knows_live(const Domain *domain, int32_t id)
{
    return domain->id == id && document_cache_get(domain->inventory->live_documents, &domain->uuid);
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

void inventory_live_document(Domain *domain, char *text, const char *revision, bool tell,
                             const DwChanges *changes)
{
    document_cache_put(domain->inventory->live_documents, &domain->uuid, text, true);
    domain->live_revision = revision_mark(revision);
    domain->live_revision_known = true;
    if (tell && !domain->hidden)
        news_live(domain->inventory->listeners, domain, changes, revision);
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

/* Case 4 of the table in the header. */
static bool is_own(Domain *domain, const VirtEvent *event)
{
    if (!domain || event->type != VIRT_EVENT_DEFINED || domain->own_events_pending == 0)
        return false;
    domain->own_events_pending--;
    return true;
}

static void on_defined(Inventory *inventory, Domain *domain, const VirtEvent *event, bool own)
{
    inventory->has_defined_events = true;
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
    if (!domain)
        domain = add(inventory, event->uuid, event->name);
    if (!domain)
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
static bool change(Domain *domain, const VirtEvent *event)
{
    switch (event->type) {
    case VIRT_EVENT_UNDEFINED:
        if (domain->own_events_pending > 0) {
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
        inventory_mark_doubtful(domain);
        inventory_mark_live_doubtful(domain, true);
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
    bool about_document = event->type == VIRT_EVENT_DEFINED || event->type == VIRT_EVENT_METADATA;
    bool own = is_own(domain, event);
    if (domain) {
        domain->change_count++;
        domain->events_during_edit +=
            about_document && !own && domain->events_during_edit < UINT8_MAX;
        domain_properties_get(domain, &before);
    }
    bool lives = true;
    if (event->type == VIRT_EVENT_DEFINED)
        on_defined(inventory, domain, event, own);
    else if (event->type == VIRT_EVENT_STARTED)
        on_started(inventory, domain, event);
    else if (domain)
        lives = change(domain, event);
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
    document_cache_put(domain->inventory->documents, &domain->uuid, g_strdup(snapshot->text),
                       differs);
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

/* The host has not told of a definition of ours yet, and will. */
static void expect_event(Domain *domain)
{
    if (domain->inventory->has_defined_events && domain->own_events_pending < MAX_OWN_EVENTS)
        domain->own_events_pending++;
}

void inventory_defined(Inventory *inventory, const DomainSnapshot *snapshot)
{
    Uuid uuid;
    if (!snapshot->domain || !uuid_parse(snapshot->domain->uuid, &uuid))
        return;
    bool told = inventory_find_any(inventory, &uuid) != NULL;
    inventory_update(inventory, snapshot, NULL);
    if (!told)
        expect_event(inventory_find_any(inventory, &uuid));
}

void inventory_edit_begins(Domain *domain)
{
    domain->events_during_edit = 0;
}

void inventory_edit_ends(Domain *domain, const DomainSnapshot *snapshot, const DwChanges *changes)
{
    g_auto(DomainProperties) before = {0};
    domain_properties_get(domain, &before);
    domain->change_count++;
    if (domain->events_during_edit == 1)
        inventory_unmark(domain, false);
    else if (domain->events_during_edit == 0)
        expect_event(domain);
    take_title(domain, snapshot);
    news_properties(domain->inventory->listeners, domain, &before);
    take_document(domain, snapshot, changes);
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
        domain->own_events_pending = 0; /* those events were lost with the connection */
        inventory_mark_doubtful(domain);
        inventory_mark_live_doubtful(domain, false);
    }
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        inventory_remove(value);
    inventory->resyncing_first = false;
}
