/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unified diff from a domain's persistent document, or from nothing, to a draft's, without the
 * secrets of either. On workers. */
#include "operations/reads/diff.h"

#include <string.h>

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    DiffOperation *diff = (DiffOperation *)operation;
    bool has_base = !operation_on_draft(operation);
    g_autoptr(DwDocument) before =
        has_base ? operation_document(operation, NULL, virt, error) : NULL;
    if (has_base && !before)
        return false;
    g_autoptr(DwDocument) after = dw_document_parse(diff->xml, strlen(diff->xml), error);
    if (!after)
        return false;
    g_autofree char *old = before ? dw_document_redacted(before) : g_strdup("");
    g_autofree char *new = dw_document_redacted(after);
    diff->diff = operation_answer(dw_diff(old, new), error);
    return diff->diff != NULL;
}

static void clear(Operation *operation)
{
    DiffOperation *diff = (DiffOperation *)operation;
    secret_text_free(diff->xml);
    g_free(diff->diff);
}

static const OperationType diff_type = {
    .name = "diff",
    .size = sizeof(DiffOperation),
    .run = run,
    .clear = clear,
    .first = GRANT_READ,
    .connection = CONNECTION_FOR_DOMAINS,
    .timeout = OPERATION_TIMEOUT,
};

DiffOperation *diff_operation_new(const char *xml)
{
    DiffOperation *diff = operation_new(&diff_type);
    diff->xml = g_strdup(xml);
    return diff;
}
