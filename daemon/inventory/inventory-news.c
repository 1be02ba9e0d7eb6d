/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls each listener in the order in which they were added. */
#include "inventory/inventory-news.h"

#include <string.h>

void domain_properties_clear(DomainProperties *properties)
{
    g_free(properties->name);
    g_free(properties->title);
}

void domain_properties_get(const Domain *domain, DomainProperties *ret_properties)
{
    ret_properties->name = g_strdup(domain->name);
    ret_properties->title = g_strdup(domain->title);
    ret_properties->id = domain->id;
    ret_properties->started_at = domain->started_at;
    ret_properties->state = domain->state;
    ret_properties->persistent = domain->persistent;
    ret_properties->autostart = domain->autostart;
    ret_properties->pending = domain->pending;
}

void news_properties(const GArray *listeners, const Domain *domain, const DomainProperties *before)
{
    const char *names[10];
    int count = 0;
    if (strcmp(before->name, domain->name) != 0)
        names[count++] = "Name";
    if (before->id != domain->id)
        names[count++] = "Id";
    if (before->state != domain->state)
        names[count++] = "State";
    if ((before->id >= 0) != domain_active(domain))
        names[count++] = "Active";
    if (before->started_at != domain->started_at)
        names[count++] = "StartedAt";
    if (before->persistent != domain->persistent)
        names[count++] = "Persistent";
    if (before->autostart != domain->autostart)
        names[count++] = "Autostart";
    if (before->pending != domain->pending)
        names[count++] = "Pending";
    if (g_strcmp0(before->title, domain->title) != 0)
        names[count++] = "Title";
    names[count] = NULL;
    if (count == 0 || domain->hidden)
        return;
    for (guint i = 0; i < listeners->len; i++) {
        const InventoryListener *listener = &g_array_index(listeners, InventoryListener, i);
        if (listener->properties_changed)
            listener->properties_changed(domain, names, listener->data);
    }
}

typedef void (*DomainFunc)(const Domain *domain, void *data);

/* member: the offset of a DomainFunc in InventoryListener. */
static void tell(const GArray *listeners, const Domain *domain, gsize member)
{
    for (guint i = 0; i < listeners->len; i++) {
        const InventoryListener *listener = &g_array_index(listeners, InventoryListener, i);
        DomainFunc func = G_STRUCT_MEMBER(DomainFunc, listener, member);
        if (func)
            func(domain, listener->data);
    }
}

void news_added(const GArray *listeners, const Domain *domain)
{
    tell(listeners, domain, offsetof(InventoryListener, added));
}

void news_removed(const GArray *listeners, const Domain *domain)
{
    tell(listeners, domain, offsetof(InventoryListener, removed));
}

void news_removal_answered(const GArray *listeners, const Domain *domain)
{
    tell(listeners, domain, offsetof(InventoryListener, removal_answered));
}

void news_document(const GArray *listeners, const Domain *domain, bool first,
                   const DwChanges *changes, const char *revision)
{
    for (guint i = 0; i < listeners->len; i++) {
        const InventoryListener *listener = &g_array_index(listeners, InventoryListener, i);
        if (listener->document_changed)
            listener->document_changed(domain, first, changes, revision, listener->data);
    }
}

void news_live(const GArray *listeners, const Domain *domain, const DwChanges *changes,
               const char *revision)
{
    for (guint i = 0; i < listeners->len; i++) {
        const InventoryListener *listener = &g_array_index(listeners, InventoryListener, i);
        if (listener->live_changed)
            listener->live_changed(domain, changes, revision, listener->data);
    }
}
