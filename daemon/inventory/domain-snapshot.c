/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a domain through libvirt. Used by the document reader and by operations, on workers. */
#include "inventory/domain-snapshot.h"

#include <string.h>

#include "base/secret-text.h"

/* More than is shown of a title anywhere; all of a megabyte would be copied and compared with each
 * change. */
#define MOST_OF_TITLE 1024

static char *read_title(const DwDocument *document)
{
    char *title = document ? dw_get_string(document, "title") : NULL;
    if (title && strlen(title) > MOST_OF_TITLE)
        *g_utf8_find_prev_char(title, title + MOST_OF_TITLE) = '\0';
    return title;
}

void domain_snapshot_clear(DomainSnapshot *snapshot)
{
    g_clear_pointer(&snapshot->domain, virt_domain_free);
    g_clear_pointer(&snapshot->text, secret_text_free);
    g_clear_pointer(&snapshot->title, g_free);
}

void domain_snapshot_take_live_text(DomainSnapshot *snapshot, const Virt *virt, char *text)
{
    snapshot->text = text;
    revision_of(virt_uri(virt), text, strlen(text), snapshot->revision);
}

DwDocument *domain_snapshot_take_text(DomainSnapshot *snapshot, const Virt *virt, char *text,
                                      DwDocument *document)
{
    domain_snapshot_take_live_text(snapshot, virt, text);
    if (!document)
        document = dw_document_parse(text, strlen(text), NULL);
    snapshot->title = read_title(document);
    snapshot->parses = document;
    return document;
}

bool domain_snapshot_read(Virt *virt, const char *uuid, DomainSnapshot *snapshot, GError **error)
{
    *snapshot = (DomainSnapshot){.domain = virt_domain_get(virt, uuid, error)};
    if (!snapshot->domain)
        return false;
    char *text = virt_domain_xml(virt, uuid, false, error);
    if (text)
        dw_document_free(domain_snapshot_take_text(snapshot, virt, text, NULL));
    else
        domain_snapshot_clear(snapshot);
    return text != NULL;
}

void domain_snapshot_read_live(Virt *virt, const char *uuid, DomainSnapshot *snapshot)
{
    *snapshot = (DomainSnapshot){0};
    char *text = virt_domain_xml(virt, uuid, true, NULL);
    if (!text)
        return;
    domain_snapshot_take_live_text(snapshot, virt, text);
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    snapshot->parses = document;
}
