/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of each domain, kept true by libvirt's events, and the signals that follow from
 * changes. Main thread; never calls libvirt: what events do not carry is read by jobs and handed
 * in.
 */
#pragma once

#include <domwright/model.h>

#include "host.h"
#include "objects.h"
#include "revision.h"
#include "virt.h"

typedef struct Domain {
    Object object;
    uint8_t state; /* VirtState */
    bool persistent : 1;
    bool autostart : 1;
    bool known : 1;     /* mark is valid */
    bool live_told : 1; /* libvirt said that what runs was changed, which is not told yet */
    bool hidden : 1;    /* libvirt spoke of it, but it has not been read: it may be gone again */
    uint8_t touched;    /* events about the document since our own edit began */
    uint8_t expected;   /* events that edits of ours are still going to cause */
    int32_t id;
    uint32_t generation; /* counts what may have changed the document */
    RevisionMark mark;   /* of the persistent document */
    Uuid uuid;
    Host *host;
    GList *live_stale; /* the same for what runs */
    GList *stale;      /* its place among what is to be read anew, or NULL */
    char *name;
    char *title; /* NULL: none */
} Domain;

static inline bool domain_active(const Domain *domain)
{
    return domain->id >= 0;
}

/* What a job read of a domain. */
typedef struct {
    VirtDomain *domain; /* NULL: not read */
    char *text;         /* the persistent document, or NULL */
    char *title;        /* NULL: none */
    char revision[REVISION_TEXT];
} DomainNews;

void domain_news_clear(DomainNews *news);
/* Worker: reads all of it; domain stays NULL with NOT_FOUND when it is gone. */
bool domain_news_read(Virt *virt, const char *uuid, DomainNews *news, GError **error);
/* Worker: from a text just defined or read, which it takes; gives the document it is, NULL when it
 * is none. document: the same, which it passes on, or NULL. */
DwDocument *domain_news_take_text(DomainNews *news, const Virt *virt, char *text,
                                  DwDocument *document);

void inventory_init(Host *host);
void inventory_free(Host *host);
/* Not what is hidden. */
Domain *inventory_find(const Host *host, const Uuid *uuid);
Domain *inventory_find_name(const Host *host, const char *name);
/* By name, else by uuid. */
Domain *inventory_find_word(const Host *host, const char *word);
/* The next visible domain, or NULL; iter as for a GHashTable. */
Domain *inventory_next(GHashTableIter *iter);
/* Also what is hidden. */
Domain *inventory_find_any(const Host *host, const Uuid *uuid);
/* The whole truth after a connection was made: array of VirtDomain. */
void inventory_snapshot(Host *host, const GPtrArray *domains);
void inventory_event(Host *host, const VirtEvent *event);
/* Adds or updates the domain of news->domain; changes: what is known to differ between the
 * documents, or NULL when that is not known. */
void inventory_update(Host *host, const DomainNews *news, const DwChanges *changes);
/* An edit of ours begins; and it has ended, this is what libvirt made of it. */
void inventory_edit_begins(Domain *domain);
void inventory_document(Domain *domain, const DomainNews *news, const DwChanges *changes);
void inventory_remove(Domain *domain);
void inventory_set_autostart(Domain *domain, bool autostart);
