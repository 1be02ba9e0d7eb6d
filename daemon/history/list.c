/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns what readers see of a history: its changes, its texts, and domains that are gone. Used by
 * operations on worker threads. */
#include <errno.h>
#include <string.h>

#include "history/store.h"

/* Opens for reading; *ret_none: there is no such file. */
static bool open_readable(const History *history, const char *uuid, Journal *journal,
                          bool *ret_none, GError **error)
{
    g_autofree char *path = history_path(history, uuid);
    g_autoptr(GError) failure = NULL;
    *ret_none = false;
    if (journal_open(journal, path, JOURNAL_READ, &failure))
        return true;
    *ret_none = g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    if (!*ret_none)
        g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* The changes of a file while it is read from its beginning. */
typedef struct {
    GPtrArray *changes; /* HistoryChange, oldest first */
    StoredChange open;  /* the last change, while its outcome is not known */
} Listing;

static void settle(Listing *listing, bool drop)
{
    if (listing->open.change && !drop)
        g_ptr_array_add(listing->changes, g_steal_pointer(&listing->open.change));
    stored_change_clear(&listing->open);
}

/* Another record follows a change that has no outcome. */
static void settle_without_outcome(Listing *listing, const char *next_revision)
{
    HistoryChange *change = listing->open.change;
    if (!change)
        return;
    bool ours = change->origin != HISTORY_EXTERNAL;
    bool without_effect = ours && next_revision && strcmp(next_revision, change->revision) == 0 &&
                          g_strcmp0(change->affect, "config") == 0;
    if (ours)
        change->origin = HISTORY_INTERRUPTED;
    settle(listing, without_effect);
}

static void list_outcome(Listing *listing, const char *payload)
{
    g_autofree char *outcome = outcome_from_payload(payload, listing->open.change);
    HistoryChange *change = listing->open.change;
    bool undone = strcmp(outcome, "undone") == 0;
    /* A change that waited for the guest is taken back when the guest has refused. */
    if (!change && undone && listing->changes->len > 0)
        change = listing->changes->pdata[listing->changes->len - 1];
    if (change)
        change->undone = undone;
    if (change && strcmp(outcome, "interrupted") == 0)
        change->origin = HISTORY_INTERRUPTED;
    if (change && strcmp(outcome, "removed") == 0) {
        g_free(change->summary);
        change->summary = g_strdup("Undefined.");
    }
    settle(listing, false);
}

static void list_record(Listing *listing, const Record *record, const char *payload)
{
    g_auto(StoredDocument) document = {0};
    switch (record->type) {
    case RECORD_CHANGE:
        settle_without_outcome(listing, NULL);
        change_from_payload(payload, &listing->open);
        break;
    case RECORD_OUTCOME:
        list_outcome(listing, payload);
        break;
    case RECORD_DOCUMENT:
        if (listing->open.change && document_from_payload(payload, &document))
            settle_without_outcome(listing, document.revision);
        break;
    case RECORD_GONE:
        settle(listing, false);
        break;
    }
}

static GPtrArray *list_changes(const History *history, const Journal *journal)
{
    Listing listing = {
        .changes = g_ptr_array_new_with_free_func((GDestroyNotify)history_change_free),
    };
    Record record;
    for (bool more = journal_next(journal, NULL, &record); more;
         more = journal_next(journal, &record, &record)) {
        g_autofree char *payload = journal_payload(journal, &record);
        if (payload)
            list_record(&listing, &record, payload);
    }
    bool under_way = listing.open.change && listing.open.change->origin != HISTORY_EXTERNAL &&
                     strcmp(listing.open.instance, history->run) == 0;
    if (under_way)
        settle(&listing, true);
    else
        settle_without_outcome(&listing, NULL);
    return listing.changes;
}

GPtrArray *history_list(History *history, const char *uuid, uint32_t limit, uint64_t before,
                        GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)history_change_free);
    bool none;
    Journal journal;
    if (!open_readable(history, uuid, &journal, &none, error))
        return none ? g_steal_pointer(&rows) : NULL;
    g_autoptr(GPtrArray) changes = list_changes(history, &journal);
    journal_close(&journal);
    guint most = limit > 0 ? MIN(limit, history->limits.entries) : history->limits.entries;
    for (guint i = changes->len; i > 0 && rows->len < most; i--) {
        HistoryChange *change = changes->pdata[i - 1];
        if (before > 0 && change->time >= before)
            continue;
        g_ptr_array_add(rows, change);
        changes->pdata[i - 1] = NULL;
    }
    return g_steal_pointer(&rows);
}

char *history_text(History *history, const char *uuid, const char *revision, GError **error)
{
    bool none;
    Journal journal;
    if (!open_readable(history, uuid, &journal, &none, error)) {
        if (none)
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "No definition is kept.");
        return NULL;
    }
    g_autofree char *text = NULL;
    Record record;
    for (bool more = journal_next(&journal, NULL, &record); more && !text;
         more = journal_next(&journal, &record, &record)) {
        if (record.type != RECORD_DOCUMENT)
            continue;
        g_autofree char *payload = journal_payload(&journal, &record);
        g_auto(StoredDocument) stored = {0};
        if (payload && document_from_payload(payload, &stored) &&
            strcmp(stored.revision, revision) == 0)
            text = g_steal_pointer(&stored.text);
    }
    journal_close(&journal);
    if (!text)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "No definition of revision %s is kept.", revision);
    return g_steal_pointer(&text);
}

char *history_last(History *history, const char *uuid, char **ret_revision, char **ret_name,
                   GError **error)
{
    bool none;
    Journal journal;
    g_auto(StoredDocument) stored = {0};
    if (open_readable(history, uuid, &journal, &none, error)) {
        none = !newest_document(&journal, &stored);
        journal_close(&journal);
    }
    if (none)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "No definition of a domain with UUID %s is kept.", uuid);
    if (!stored.text)
        return NULL;
    *ret_revision = g_steal_pointer(&stored.revision);
    *ret_name = g_steal_pointer(&stored.name);
    return g_steal_pointer(&stored.text);
}

void history_lost_free(HistoryLost *lost)
{
    if (!lost)
        return;
    g_free(lost->uuid);
    history_change_free(lost->change);
    g_free(lost);
}

/* NULL: the domain of this file is not gone. */
static HistoryLost *read_lost(const History *history, const char *uuid)
{
    bool none;
    Journal journal;
    if (!open_readable(history, uuid, &journal, &none, NULL))
        return NULL;
    HistoryLost *lost = NULL;
    g_auto(StoredDocument) stored = {0};
    if (journal.size > 0 && journal.last.type == RECORD_GONE &&
        newest_document(&journal, &stored)) {
        g_autoptr(GPtrArray) changes = list_changes(history, &journal);
        if (changes->len > 0) {
            lost = g_new0(HistoryLost, 1);
            lost->uuid = g_strdup(uuid);
            lost->change = g_ptr_array_steal_index(changes, changes->len - 1);
        }
    }
    journal_close(&journal);
    return lost;
}

static int newest_first(const void *a, const void *b)
{
    const HistoryLost *const *first = a, *const *second = b;
    uint64_t one = (*first)->change->time, other = (*second)->change->time;
    return one < other ? 1 : one > other ? -1 : strcmp((*first)->uuid, (*second)->uuid);
}

GPtrArray *history_lost_list(History *history, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)history_lost_free);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) directory = g_dir_open(history->directory, 0, &failure);
    if (!directory && !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        HistoryLost *lost = g_uuid_string_is_valid(name) ? read_lost(history, name) : NULL;
        if (lost)
            g_ptr_array_add(rows, lost);
    }
    g_ptr_array_sort(rows, newest_first);
    return g_steal_pointer(&rows);
}
