/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns what callers read of histories: rows, earlier documents and differences between them. run()
 * is for workers, prepare() for the main thread. */
#include "operations/history-read.h"

#include "base/error.h"
#include "host/host.h"

void history_read_error(GError *failure, GError **error)
{
    if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_set_error(error, DW_ERROR, DW_ERROR_NOT_FOUND, "%s", failure->message);
    else
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s", failure->message);
    g_error_free(failure);
}

bool history_read_check(const History *history, GError **error)
{
    if (!history)
        g_set_error(error, DW_ERROR, DW_ERROR_UNSUPPORTED,
                    "No history is kept here: the service has no state directory.");
    return history != NULL;
}

char *history_read_text(const Operation *operation, History *history, const char *revision,
                        GError **error)
{
    GError *failure = NULL;
    if (!history_read_check(history, error))
        return NULL;
    char *text = history_text(history, operation->uuid, revision, &failure);
    if (!text)
        history_read_error(failure, error);
    return text;
}

/* "": the document there is now, without its secrets. */
static char *text_at(const HistoryReadOperation *read, const char *revision, Virt *virt,
                     GError **error)
{
    if (*revision)
        return history_read_text(&read->base, read->history, revision, error);
    g_autoptr(DwDocument) now = operation_document(&read->base, NULL, virt, error);
    return now ? dw_document_redacted(now) : NULL;
}

static bool read_diff(HistoryReadOperation *read, Virt *virt, GError **error)
{
    g_autofree char *from = text_at(read, read->from, virt, error);
    g_autofree char *to = from ? text_at(read, read->to, virt, error) : NULL;
    if (!to)
        return false;
    read->text = operation_answer(dw_diff(from, to), error);
    return read->text != NULL;
}

static bool read_list(HistoryReadOperation *read, GError **error)
{
    const Options *options = &read->base.options;
    GError *failure = NULL;
    read->changes = history_list(read->history, read->base.uuid, MIN(options->limit, UINT32_MAX),
                                 options->before, &failure);
    if (!read->changes)
        history_read_error(failure, error);
    return read->changes != NULL;
}

static bool read_lost(HistoryReadOperation *read, GError **error)
{
    GError *failure = NULL;
    read->lost = history_lost_list(read->history, &failure);
    if (!read->lost)
        history_read_error(failure, error);
    return read->lost != NULL;
}

static bool run(Operation *operation, Task *task, Virt *virt, GError **error)
{
    HistoryReadOperation *read = (HistoryReadOperation *)operation;
    if (!history_read_check(read->history, error))
        return false;
    switch (read->what) {
    case HISTORY_READ_LIST:
        return read_list(read, error);
    case HISTORY_READ_LOST:
        return read_lost(read, error);
    case HISTORY_READ_DIFF:
        return read_diff(read, virt, error);
    case HISTORY_READ_XML:
        break;
    }
    g_autofree char *text = history_read_text(operation, read->history, read->from, error);
    read->text = text ? operation_answer(g_steal_pointer(&text), error) : NULL;
    return read->text != NULL;
}

static void prepare(Operation *operation, Host *host, Domain *domain)
{
    ((HistoryReadOperation *)operation)->history = history_keeper_history(host->keeper);
}

static const char *text(const Operation *operation)
{
    return ((const HistoryReadOperation *)operation)->text;
}

static void clear(Operation *operation)
{
    HistoryReadOperation *read = (HistoryReadOperation *)operation;
    history_clear(read->history);
    g_free(read->from);
    g_free(read->to);
    g_clear_pointer(&read->changes, g_ptr_array_unref);
    g_clear_pointer(&read->lost, g_ptr_array_unref);
    g_free(read->text);
}

static const OperationType history_read_type = {
    .name = "history",
    .size = sizeof(HistoryReadOperation),
    .run = run,
    .clear = clear,
    .text = text,
    .prepare = prepare,
    .first = GRANT_READ,
    .timeout = OPERATION_TIMEOUT,
};

HistoryReadOperation *history_read_operation_new(HistoryReadWhat what)
{
    HistoryReadOperation *read = operation_new(&history_read_type);
    read->what = what;
    return read;
}
