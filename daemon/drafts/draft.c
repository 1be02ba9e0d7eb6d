/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of one draft. */
#include "drafts/draft.h"

#include <domwright/names.h>
#include <time.h>

#include "base/error.h"
#include "base/secret-text.h"

int64_t draft_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

Draft *draft_new(const char *id)
{
    Draft *draft = g_new0(Draft, 1);
    draft->object.kind = OBJECT_DRAFT;
    draft->id = g_strdup(id);
    draft->path = g_strconcat(DOMWRIGHT_DRAFT_PREFIX, id, NULL);
    return draft;
}

void draft_free(void *userdata)
{
    Draft *draft = userdata;
    if (!draft)
        return;
    secret_text_free(draft->text);
    dw_document_free(draft->document);
    g_free(draft->id);
    g_free(draft->path);
    g_free(draft->base);
    g_free(draft->base_revision);
    secret_text_free(draft->base_text);
    g_free(draft->host);
    g_clear_pointer(&draft->clone_rows, g_ptr_array_unref);
    g_free(draft);
}

void draft_fill_source(const Draft *draft, DocumentSource *source)
{
    source->text = g_strdup(draft->text);
    source->document = draft->document ? dw_document_copy(draft->document) : NULL;
    source->clone_rows = draft->clone_rows ? g_ptr_array_ref(draft->clone_rows) : NULL;
}

void draft_touch(Draft *draft)
{
    draft->used = draft_clock();
}

bool draft_check_available(const Draft *draft, GError **error)
{
    if (draft->held)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "The draft is being committed or rebased; try again when that is done.");
    return !draft->held;
}

GError *draft_gone_error(void)
{
    return g_error_new(DAEMON_ERROR, DAEMON_ERROR_UNKNOWN_OBJECT, "The draft is gone.");
}
