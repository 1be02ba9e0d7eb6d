/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt takes some changes for done that it did not make. So the document that is read back
 * for its revision anyway is compared with the one it was given. Used by define.c and edits/ after
 * the definition or the change of the running domain, on workers.
 */
#include "operations/stored.h"

/* The text for a diff, without secrets; edits, where it was made by those, or NULL. */
static char *shown(const ChangeOperation *change, const DwDocument *document,
                   const GPtrArray *edits)
{
    return edits && change->gives_secret
               ? dw_document_redacted_after(document, edits, change->result.ids)
               : dw_document_redacted(document);
}

char *stored_diff(const ChangeOperation *change, const DocumentChange *document,
                  const DwDocument *after, const GPtrArray *edits)
{
    g_autofree char *old = document->before ? dw_document_redacted(document->before) : g_strdup("");
    g_autofree char *new = shown(change, after, edits);
    return dw_diff(old, new);
}

void stored_show(ChangeOperation *change, const DocumentChange *document, const DwDocument *stored,
                 const GPtrArray *edits)
{
    if (!change->diff)
        return;
    /* The change is made: a diff that is too long for an answer is no reason to fail. */
    char *diff = operation_answer(stored_diff(change, document, stored, edits), NULL);
    if (!diff)
        return;
    g_free(change->diff);
    change->diff = diff;
}

void stored_find(const ChangeOperation *change, const DocumentChange *document,
                 const DwDocument *stored, const GPtrArray *edits, GPtrArray *problems)
{
    g_auto(HostView) view = {0};
    host_view_fill(change->base.capabilities, NULL, NULL, &view);
    dw_stored_compare(document->before, document->after, stored, edits, change->result.ids,
                      view.host.capabilities, problems);
}

void stored_compare(ChangeOperation *change, const DwDocument *stored, const GPtrArray *edits)
{
    stored_find(change, &change->plan->config, stored, edits, change->problems);
    stored_show(change, &change->plan->config, stored, edits);
}
