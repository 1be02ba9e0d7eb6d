/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the bounds of the store: cuts off the oldest changes of a domain's file, and removes files
 * of domains that are long gone. Used by store.c and by a task now and then, on worker threads.
 *
 * The definition before a change is the newest document in front of it, so a shortened file begins
 * with a document.
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/store.h"

#define DAY (24 * 3600 * UINT64_C(1000000))

static uint64_t time_of(const Journal *journal, const Record *record)
{
    g_autofree char *payload = journal_payload(journal, record);
    StoredChange stored;
    if (!payload || !change_from_payload(payload, &stored))
        return 0;
    uint64_t time = stored.change->time;
    stored_change_clear(&stored);
    return time;
}

typedef struct {
    uint32_t entries;
    uint64_t oldest, bytes;
} Bounds;

/* change: the first after the document. */
static bool fits(const Journal *journal, const Bounds *bounds, const Record *document,
                 const Record *change)
{
    uint32_t changes = journal->last.changes - document->changes;
    return changes <= bounds->entries &&
           (changes == 1 || (uint64_t)(journal->size - document->offset) <= bounds->bytes) &&
           (bounds->oldest == 0 || time_of(journal, change) >= bounds->oldest);
}

static bool is_whole(const Journal *journal, const Record *record)
{
    g_autofree char *payload = journal_payload(journal, record);
    return payload != NULL;
}

/* The first document from which on the file is within the bounds, or the last one; false: there is
 * none. */
static bool find_cut(const Journal *journal, const Bounds *bounds, Record *ret_document)
{
    Record record, document;
    bool found = false;
    for (bool more = journal_next(journal, NULL, &record); more;
         more = journal_next(journal, &record, &record)) {
        bool first =
            found && record.type == RECORD_CHANGE && record.changes == document.changes + 1;
        if (first && fits(journal, bounds, &document, &record) && is_whole(journal, &document))
            break;
        if (record.type == RECORD_DOCUMENT) {
            document = record;
            found = true;
        }
    }
    if (found)
        *ret_document = document;
    return found;
}

bool history_compact(Journal *journal, uint32_t entries, uint64_t oldest, uint64_t bytes,
                     GError **error)
{
    Record document;
    return !find_cut(journal, &(Bounds){entries, oldest, bytes}, &document) ||
           document.offset == 0 || journal_cut(journal, &document, error);
}

/* ---- All files ---- */

typedef struct {
    char *uuid;
    uint64_t size;
} FileSize;

static void file_size_free(void *data)
{
    FileSize *file = data;
    g_free(file->uuid);
    g_free(file);
}

static int largest_first(const void *a, const void *b)
{
    const FileSize *const *first = a, *const *second = b;
    return (*first)->size < (*second)->size   ? 1
           : (*first)->size > (*second)->size ? -1
                                              : strcmp((*first)->uuid, (*second)->uuid);
}

static GPtrArray *read_sizes(const History *history)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(file_size_free);
    g_autoptr(GDir) directory = g_dir_open(history->directory, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        struct stat status;
        g_autofree char *path = history_path(history, name);
        if (!g_uuid_string_is_valid(name) || stat(path, &status) < 0)
            continue;
        FileSize *file = g_new0(FileSize, 1);
        *file = (FileSize){g_strdup(name), status.st_size};
        g_ptr_array_add(files, file);
    }
    g_ptr_array_sort(files, largest_first);
    return files;
}

/* The time of the newest change; 0: there is none. */
static uint64_t newest_time(const Journal *journal)
{
    uint64_t newest = 0;
    Record record;
    for (bool more = journal_next(journal, NULL, &record); more;
         more = journal_next(journal, &record, &record))
        if (record.type == RECORD_CHANGE)
            newest = time_of(journal, &record);
    return newest;
}

/* Shortens one file; returns what it is long then. */
static bool prune_file(History *history, FileSize *file, uint64_t oldest, uint32_t entries,
                       GError **error)
{
    g_autofree char *path = history_path(history, file->uuid);
    Journal journal;
    if (!journal_open(&journal, path, JOURNAL_WRITE, error))
        return false;
    bool done = true;
    if (journal.size > 0 && journal.last.type == RECORD_GONE && newest_time(&journal) < oldest)
        done = unlink(path) == 0;
    else
        done = history_compact(&journal, entries, oldest, history->limits.domain_bytes, error);
    journal_close(&journal);
    struct stat status;
    file->size = stat(path, &status) == 0 ? status.st_size : 0;
    return done;
}

bool history_prune(History *history, uint64_t now, GError **error)
{
    const HistoryLimits *limits = &history->limits;
    g_autoptr(GPtrArray) files = read_sizes(history);
    uint64_t oldest = limits->days > 0 && now > limits->days * DAY ? now - limits->days * DAY : 0;
    uint64_t total = 0;
    for (guint i = 0; i < files->len; i++) {
        FileSize *file = files->pdata[i];
        if (oldest > 0 && !prune_file(history, file, oldest, limits->entries, error))
            return false;
        total += file->size;
    }
    for (uint32_t entries = limits->entries / 2; total > limits->total_bytes; entries /= 2) {
        for (guint i = 0; i < files->len && total > limits->total_bytes; i++) {
            FileSize *file = files->pdata[i];
            total -= file->size;
            if (!prune_file(history, file, oldest, entries, error))
                return false;
            total += file->size;
        }
        if (entries == 0)
            break;
    }
    return true;
}
