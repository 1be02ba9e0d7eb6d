/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains as the daemon knows them. State follows libvirt's events directly, in their order; what
 * events do not say is marked stale and read in the background.
 */
#include "inventory.h"

#include <string.h>

#include "drafts.h"
#include "errors.h"
#include "live.h"
#include "signals.h"

/* Memory for documents of one host: persistent ones, and running ones. */
#define TEXT_BUDGET      (1024 * 1024)
#define LIVE_TEXT_BUDGET (4 * 1024 * 1024)

/* ---- News ---- */

void domain_news_clear(DomainNews *news)
{
    g_clear_pointer(&news->domain, virt_domain_free);
    if (news->text)
        explicit_bzero(news->text, strlen(news->text));
    g_clear_pointer(&news->text, g_free);
    g_clear_pointer(&news->title, g_free);
}

DwDocument *domain_news_take_text(DomainNews *news, const Virt *virt, char *text,
                                  DwDocument *document)
{
    gsize length = strlen(text);
    news->text = text;
    revision_of(virt_uri(virt), text, length, news->revision);
    if (!document)
        document = dw_document_parse(text, length, NULL);
    news->title = document ? dw_get_string(document, "title") : NULL;
    return document;
}

bool domain_news_read(Virt *virt, const char *uuid, DomainNews *news, GError **error)
{
    *news = (DomainNews){.domain = virt_domain_get(virt, uuid, error)};
    if (!news->domain)
        return false;
    char *text = virt_domain_xml(virt, uuid, false, error);
    if (text)
        dw_document_free(domain_news_take_text(news, virt, text, NULL));
    else
        domain_news_clear(news);
    return text != NULL;
}

/* ---- The table ---- */

static void domain_free(void *userdata)
{
    Domain *domain = userdata;
    g_free(domain->name);
    g_free(domain->title);
    g_free(domain);
}

void inventory_init(Host *host)
{
    host->domains = g_hash_table_new_full(uuid_hash, uuid_equal, NULL, domain_free);
    host->names = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&host->stale);
    host->texts = texts_new(TEXT_BUDGET);
    host->live_texts = texts_new(LIVE_TEXT_BUDGET);
}

void inventory_free(Host *host)
{
    g_queue_clear(&host->stale);
    g_hash_table_unref(host->names);
    g_hash_table_unref(host->domains);
    texts_free(host->texts);
    texts_free(host->live_texts);
    g_queue_clear(&host->live_stale);
}

Domain *inventory_find_any(const Host *host, const Uuid *uuid)
{
    return g_hash_table_lookup(host->domains, uuid);
}

Domain *inventory_find(const Host *host, const Uuid *uuid)
{
    Domain *domain = inventory_find_any(host, uuid);
    return domain && !domain->hidden ? domain : NULL;
}

Domain *inventory_find_name(const Host *host, const char *name)
{
    Domain *domain = g_hash_table_lookup(host->names, name);
    return domain && !domain->hidden ? domain : NULL;
}

Domain *inventory_find_word(const Host *host, const char *word)
{
    Uuid uuid;
    Domain *domain = inventory_find_name(host, word);
    return domain || !uuid_parse(word, &uuid) ? domain : inventory_find(host, &uuid);
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

static void forget_name(Domain *domain)
{
    if (g_hash_table_lookup(domain->host->names, domain->name) == domain)
        g_hash_table_remove(domain->host->names, domain->name);
}

static void set_name(Domain *domain, const char *name)
{
    forget_name(domain);
    g_free(domain->name);
    domain->name = g_strdup(name);
    g_hash_table_replace(domain->host->names, domain->name, domain);
}

/* ---- Signals: what differs between two moments ---- */

typedef struct {
    char *name, *title;
    int32_t id;
    uint8_t state;
    bool persistent, autostart;
} Look;

static void look_clear(Look *look)
{
    g_free(look->name);
    g_free(look->title);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

static void look_at(const Domain *domain, Look *ret_look)
{
    ret_look->name = g_strdup(domain->name);
    ret_look->title = g_strdup(domain->title);
    ret_look->id = domain->id;
    ret_look->state = domain->state;
    ret_look->persistent = domain->persistent;
    ret_look->autostart = domain->autostart;
}

static void emit_changes(const Domain *domain, const Look *before)
{
    const char *names[8];
    int count = 0;
    if (strcmp(before->name, domain->name) != 0)
        names[count++] = "Name";
    if (before->id != domain->id)
        names[count++] = "Id";
    if (before->state != domain->state)
        names[count++] = "State";
    if ((before->id >= 0) != domain_active(domain))
        names[count++] = "Active";
    if (before->persistent != domain->persistent)
        names[count++] = "Persistent";
    if (before->autostart != domain->autostart)
        names[count++] = "Autostart";
    if (g_strcmp0(before->title, domain->title) != 0)
        names[count++] = "Title";
    names[count] = NULL;
    if (count == 0 || domain->hidden)
        return;
    g_autofree char *path = domain_path(domain);
    need_memory(sd_bus_emit_properties_changed_strv(domain->host->server->bus, path,
                                                    DOMWRIGHT_DOMAIN_INTERFACE, (char **)names));
}

/* Nobody has seen anything of a host that is still being connected for the first time. */
static bool quiet(const Host *host)
{
    return host->state == HOST_FIRST;
}

static Domain *add(Host *host, const char *uuid_text, const char *name)
{
    Uuid uuid;
    if (!uuid_parse(uuid_text, &uuid) || !name)
        return NULL;
    Domain *domain = g_new0(Domain, 1);
    *domain = (Domain){.object = {OBJECT_DOMAIN},
                       .state = VIRT_SHUTOFF,
                       .id = -1,
                       .uuid = uuid,
                       .host = host,
                       .hidden = true};
    domain->name = g_strdup(name);
    g_hash_table_insert(host->domains, &domain->uuid, domain);
    g_hash_table_replace(host->names, domain->name, domain);
    return domain;
}

static void announce(Domain *domain)
{
    domain->hidden = false;
    if (quiet(domain->host))
        return;
    g_autofree char *path = domain_path(domain);
    need_memory(sd_bus_emit_interfaces_added(domain->host->server->bus, path,
                                             DOMWRIGHT_DOMAIN_INTERFACE, DOMWRIGHT_CONFIG_INTERFACE,
                                             NULL));
}

static void unmark_stale(Domain *domain)
{
    if (domain->stale)
        g_queue_delete_link(&domain->host->stale, domain->stale);
    domain->stale = NULL;
}

void inventory_remove(Domain *domain)
{
    Host *host = domain->host;
    g_autofree char *path = domain_path(domain);
    bool hidden = domain->hidden;
    texts_remove(host->texts, &domain->uuid);
    unmark_stale(domain);
    live_forget(domain);
    forget_name(domain);
    g_hash_table_remove(host->domains, &domain->uuid);
    if (hidden)
        return;
    need_memory(sd_bus_emit_interfaces_removed(host->server->bus, path, DOMWRIGHT_DOMAIN_INTERFACE,
                                               DOMWRIGHT_CONFIG_INTERFACE, NULL));
    drafts_base_changed(host->server->drafts, path, NULL);
}

/* ---- Events ---- */

/* What our own edit made of a domain is known. Somebody else's has an event of its own, so that it
 * does not matter which of the two is taken for ours. */
static bool is_expected(Domain *domain, const VirtEvent *event)
{
    if (!domain || event->type != VIRT_EVENT_DEFINED || domain->expected == 0)
        return false;
    domain->expected--;
    return true;
}

static void on_defined(Host *host, Domain *domain, const VirtEvent *event, bool expected)
{
    host->tells_definitions = true;
    if (domain) {
        set_name(domain, event->name);
        domain->persistent = true;
    } else if ((domain = add(host, event->uuid, event->name))) {
        domain->persistent = true;
        domain->id = event->id;
        domain->state = event->id >= 0 ? VIRT_RUNNING : VIRT_SHUTOFF;
    }
    if (domain && !expected)
        host_mark_stale(host, domain);
}

static void on_started(Host *host, Domain *domain, const VirtEvent *event)
{
    if (!domain)
        domain = add(host, event->uuid, event->name);
    if (!domain)
        return;
    bool known = live_knows(domain, event->id);
    domain->id = event->id;
    domain->state = VIRT_RUNNING;
    if (!known) {
        live_forget(domain);
        live_mark(domain, false);
    }
    if (domain->hidden || event->id < 0)
        host_mark_stale(host, domain);
}

/* Changes an existing domain; false when that was its end. */
static bool change(Domain *domain, const VirtEvent *event)
{
    switch (event->type) {
    case VIRT_EVENT_UNDEFINED:
        domain->persistent = false;
        return domain_active(domain);
    case VIRT_EVENT_STOPPED:
        domain->id = -1;
        domain->state = VIRT_SHUTOFF;
        live_forget(domain);
        return domain->persistent;
    case VIRT_EVENT_STATE:
        domain->state = event->state;
        return true;
    case VIRT_EVENT_METADATA:
        host_mark_stale(domain->host, domain);
        live_mark(domain, true);
        return true;
    case VIRT_EVENT_LIVE:
        live_mark(domain, true);
        return true;
    default:
        return true;
    }
}

void inventory_event(Host *host, const VirtEvent *event)
{
    Uuid uuid;
    if (!uuid_parse(event->uuid, &uuid))
        return;
    Domain *domain = inventory_find_any(host, &uuid);
    g_auto(Look) before = {0};
    bool about_document = event->type == VIRT_EVENT_DEFINED || event->type == VIRT_EVENT_METADATA;
    bool expected = is_expected(domain, event);
    if (domain) {
        domain->generation++;
        domain->touched += about_document && !expected && domain->touched < UINT8_MAX;
        look_at(domain, &before);
    }
    bool lives = true;
    if (event->type == VIRT_EVENT_DEFINED)
        on_defined(host, domain, event, expected);
    else if (event->type == VIRT_EVENT_STARTED)
        on_started(host, domain, event);
    else if (domain)
        lives = change(domain, event);
    if (domain && lives)
        emit_changes(domain, &before);
    else if (domain)
        inventory_remove(domain);
    host_refresh(host);
    live_read(host);
}

/* ---- Facts read by jobs ---- */

static void take_state(Domain *domain, const VirtDomain *news)
{
    if (strcmp(domain->name, news->name) != 0)
        set_name(domain, news->name);
    domain->id = news->id;
    if (news->knows_state)
        domain->state = news->state;
    if (news->knows_persistent)
        domain->persistent = news->persistent;
    if (news->knows_autostart)
        domain->autostart = news->autostart;
}

static void take_title(Domain *domain, const DomainNews *news)
{
    if (!news->text)
        return;
    g_free(domain->title);
    domain->title = g_strdup(news->title);
}

static void take_document(Domain *domain, const DomainNews *news, const DwChanges *changes)
{
    Host *host = domain->host;
    RevisionMark mark = revision_mark(news->revision);
    bool differs = domain->known && memcmp(&mark, &domain->mark, sizeof mark) != 0;
    bool first = !domain->known;
    domain->mark = mark;
    domain->known = true;
    if (!differs && !first)
        return;
    texts_put(host->texts, &domain->uuid, g_strdup(news->text), differs);
    g_autofree char *path = domain_path(domain);
    if (differs)
        signal_config_changed(host->server, path, false, changes, news->revision);
    drafts_base_changed(host->server->drafts, path, news->revision);
}

void inventory_update(Host *host, const DomainNews *news, const DwChanges *changes)
{
    Uuid uuid;
    if (!news->domain || !uuid_parse(news->domain->uuid, &uuid))
        return;
    Domain *domain = inventory_find_any(host, &uuid);
    if (!domain)
        domain = add(host, news->domain->uuid, news->domain->name);
    bool is_new = domain->hidden;
    g_auto(Look) before = {0};
    look_at(domain, &before);
    take_state(domain, news->domain);
    take_title(domain, news);
    if (is_new)
        announce(domain);
    else
        emit_changes(domain, &before);
    if (news->text)
        take_document(domain, news, changes);
}

void inventory_edit_begins(Domain *domain)
{
    domain->touched = 0;
}

void inventory_document(Domain *domain, const DomainNews *news, const DwChanges *changes)
{
    g_auto(Look) before = {0};
    look_at(domain, &before);
    domain->generation++;
    /* A single event was our own edit's, and there is nothing in it that is not in the news. */
    if (domain->touched == 1)
        unmark_stale(domain);
    else if (domain->touched == 0 && domain->host->tells_definitions && domain->expected < 8)
        domain->expected++;
    take_title(domain, news);
    emit_changes(domain, &before);
    take_document(domain, news, changes);
}

void inventory_set_autostart(Domain *domain, bool autostart)
{
    g_auto(Look) before = {0};
    look_at(domain, &before);
    domain->autostart = autostart;
    domain->host->autostart_serial++;
    emit_changes(domain, &before);
}

void inventory_snapshot(Host *host, const GPtrArray *domains)
{
    g_autoptr(GHashTable) gone = g_hash_table_new(uuid_hash, uuid_equal);
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, host->domains);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(gone, key, value);
    for (guint i = 0; i < domains->len; i++) {
        DomainNews news = {.domain = domains->pdata[i]};
        Uuid uuid;
        if (!uuid_parse(news.domain->uuid, &uuid))
            continue;
        g_hash_table_remove(gone, &uuid);
        inventory_update(host, &news, NULL);
        Domain *domain = inventory_find_any(host, &uuid);
        domain->expected = 0; /* those events were lost with the connection */
        host_mark_stale(host, domain);
        live_mark(domain, false);
    }
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        inventory_remove(value);
}
