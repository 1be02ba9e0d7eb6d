/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a worker read of a domain, on its way to the inventory. */
#pragma once

#include <domwright/model.h>

#include "inventory/revision.h"
#include "libvirt/connection.h"

typedef struct {
    VirtDomain *domain; /* NULL: not read */
    char *text;         /* the document, or NULL; holds secrets */
    bool parses;        /* it has been parsed, and could be */
    char *title;        /* as much of it as may be shown; NULL: none */
    char revision[REVISION_TEXT];
} DomainSnapshot;

void domain_snapshot_clear(DomainSnapshot *snapshot);
/* Worker: reads the domain and its persistent document; domain stays NULL with NOT_FOUND when it is
 * gone. */
bool domain_snapshot_read(Virt *virt, const char *uuid, DomainSnapshot *snapshot, GError **error);
/* Worker: reads only the running document, with its revision and whether it parses; text stays NULL
 * when it does not run. */
void domain_snapshot_read_live(Virt *virt, const char *uuid, DomainSnapshot *snapshot);
/* Worker: from a text just read, which it takes; parses is for the caller to set. */
void domain_snapshot_take_live_text(DomainSnapshot *snapshot, const Virt *virt, char *text);
/* Worker: from a text just defined or read, which it takes; returns it parsed, or NULL when it does
 * not parse. document: the same text parsed already, which is passed through, or NULL. */
DwDocument *domain_snapshot_take_text(DomainSnapshot *snapshot, const Virt *virt, char *text,
                                      DwDocument *document);
