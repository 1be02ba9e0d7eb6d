/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns which records a change leaves in a domain's file and what a reader makes of them. Used by
 * operations and the document reader, on worker threads; prune.c bounds the files.
 *
 * A file's records and what they mean:
 *
 *     D            first seen
 *     C O(made) D  a change of ours, with the definition that came of it
 *                  nothing was changed: C is taken back
 *     C O(undone)  made and taken back
 *     C G          undefined
 *     C D, C C     of another run: interrupted before its outcome was known
 *     C O(interrupted)  the same, with what was to be changed (intent.c)
 *     C            of this run: under way, not listed
 *     C(external) D   another program's change
 *     C(external) G   another program undefined it
 */
#include "history/history.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "history/store.h"

static bool make_directory(const History *history, GError **error)
{
    if (g_mkdir_with_parents(history->directory, 0700) == 0)
        return true;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "Cannot make %s: %s.",
                history->directory, g_strerror(errno));
    return false;
}

History *history_new(const char *directory, const char *run, const HistoryLimits *limits,
                     bool is_scratch)
{
    History *history = g_new0(History, 1);
    *history = (History){1, is_scratch, g_strdup(directory), g_strdup(run), *limits};
    pthread_mutex_init(&history->lock, NULL);
    history->unended = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return history;
}

History *history_ref(History *history)
{
    g_atomic_int_inc(&history->references);
    return history;
}

void history_unref(History *history)
{
    if (!g_atomic_int_dec_and_test(&history->references))
        return;
    g_hash_table_unref(history->unended);
    pthread_mutex_destroy(&history->lock);
    g_free(history->directory);
    g_free(history->run);
    g_free(history);
}

bool history_is_required(const History *history)
{
    return history->limits.required;
}

char *history_path(const History *history, const char *uuid)
{
    return g_build_filename(history->directory, uuid, NULL);
}

bool history_open(const History *history, const char *uuid, JournalMode mode, Journal *journal,
                  GError **error)
{
    g_autofree char *path = history_path(history, uuid);
    bool opened = journal_open(journal, path, mode, error);
    journal->is_scratch = history->is_scratch;
    return opened;
}

/* Opens the file for writing; a directory that was removed is made again. */
static bool open_file(const History *history, const char *uuid, Journal *journal, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (history_open(history, uuid, JOURNAL_CREATE, journal, &failure))
        return true;
    if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return make_directory(history, error) &&
               history_open(history, uuid, JOURNAL_CREATE, journal, error);
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

bool newest_document(const Journal *journal, StoredDocument *ret_stored)
{
    *ret_stored = (StoredDocument){0};
    Record record = journal->last;
    if (journal->size == 0 || record.document < 0 ||
        (record.document != record.offset && !journal_at(journal, record.document, &record)))
        return false;
    g_autofree char *payload = journal_payload(journal, &record);
    return payload && document_from_payload(payload, ret_stored);
}

static void append_document(Journal *journal, const char *revision, const char *name,
                            const char *text)
{
    g_autofree char *payload = document_to_payload(revision, name, text);
    journal_append(journal, RECORD_DOCUMENT, payload, strlen(payload));
}

static void set_unended(History *history, const char *uuid, bool unended)
{
    pthread_mutex_lock(&history->lock);
    if (unended)
        g_hash_table_add(history->unended, g_strdup(uuid));
    else
        g_hash_table_remove(history->unended, uuid);
    pthread_mutex_unlock(&history->lock);
}

void append_change(History *history, const char *uuid, Journal *journal,
                   const HistoryChange *change)
{
    set_unended(history, uuid, false);
    g_autofree char *payload = change_to_payload(change, history->run);
    journal_append(journal, RECORD_CHANGE, payload, strlen(payload));
}

static bool is_unended(History *history, const char *uuid)
{
    pthread_mutex_lock(&history->lock);
    bool unended = g_hash_table_contains(history->unended, uuid);
    pthread_mutex_unlock(&history->lock);
    return unended;
}

/* A change of this run whose outcome is not known yet. */
static bool is_under_way(History *history, const char *uuid, const Journal *journal)
{
    if (journal->size == 0 || journal->last.type != RECORD_CHANGE || is_unended(history, uuid))
        return false;
    g_autofree char *payload = journal_payload(journal, &journal->last);
    StoredChange stored;
    if (!payload || !change_from_payload(payload, &stored))
        return false;
    bool ours =
        strcmp(stored.instance, history->run) == 0 && stored.change->origin != HISTORY_EXTERNAL;
    stored_change_clear(&stored);
    return ours;
}

/* Is the last record a change whose result was not stored? What is seen next may be that result. */
static bool lacks_result(const Journal *journal)
{
    if (journal->size == 0 || journal->last.type == RECORD_CHANGE)
        return journal->size > 0;
    if (journal->last.type != RECORD_OUTCOME)
        return false;
    g_autofree char *payload = journal_payload(journal, &journal->last);
    g_autofree char *outcome = payload ? outcome_from_payload(payload, NULL) : NULL;
    return g_strcmp0(outcome, "made") == 0 || g_strcmp0(outcome, "interrupted") == 0;
}

static void append_external(History *history, const char *uuid, Journal *journal,
                            const StoredDocument *before, const char *text, HistoryCompare compare)
{
    g_autoptr(HistoryChange) change = g_new0(HistoryChange, 1);
    *change = (HistoryChange){
        .revision = g_strdup(before->revision),
        .name = g_strdup(before->name),
        .uid = HISTORY_NO_USER,
        .origin = HISTORY_EXTERNAL,
        .affect = g_strdup("config"),
    };
    if (compare && text)
        compare(before->text, text, change);
    append_change(history, uuid, journal, change);
}

static bool saw(History *history, const char *uuid, Journal *journal, const char *name,
                const char *revision, const char *text, HistoryCompare compare, bool *ret_external,
                GError **error)
{
    g_auto(StoredDocument) before;
    bool stored = newest_document(journal, &before);
    bool gone = journal->size > 0 && journal->last.type == RECORD_GONE;
    if (stored && !gone && !lacks_result(journal)) {
        if (strcmp(before.revision, revision) == 0)
            return true;
        *ret_external = true;
        append_external(history, uuid, journal, &before, text, compare);
    }
    append_document(journal, revision, name, text);
    return *ret_external ? journal_sync(journal, error) : journal_write(journal, error);
}

bool history_saw(History *history, const char *uuid, const char *name, const char *revision,
                 const char *text, HistoryCompare compare, bool *ret_external, GError **error)
{
    bool external = false;
    Journal journal;
    if (!open_file(history, uuid, &journal, error))
        return false;
    bool done = is_under_way(history, uuid, &journal) ||
                saw(history, uuid, &journal, name, revision, text, compare, &external, error);
    journal_close(&journal);
    if (ret_external)
        *ret_external = external && done;
    return done;
}

bool history_gone(History *history, const char *uuid, GError **error)
{
    Journal journal;
    g_autoptr(GError) failure = NULL;
    if (!history_open(history, uuid, JOURNAL_WRITE, &journal, &failure)) {
        if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    bool done = true;
    g_auto(StoredDocument) before = {0};
    if (journal.size > 0 && journal.last.type != RECORD_GONE &&
        !is_under_way(history, uuid, &journal) && newest_document(&journal, &before)) {
        if (!lacks_result(&journal))
            append_external(history, uuid, &journal, &before, NULL, NULL);
        journal_append(&journal, RECORD_GONE, "", 0);
        done = journal_sync(&journal, error);
    }
    journal_close(&journal);
    return done;
}

bool history_begin(History *history, const char *uuid, const HistoryChange *change,
                   const char *text, HistoryCompare compare, GError **error)
{
    Journal journal;
    if (!open_file(history, uuid, &journal, error))
        return false;
    g_auto(StoredDocument) before;
    bool follows = newest_document(&journal, &before) && journal.last.type != RECORD_GONE;
    bool same = follows && strcmp(before.revision, change->revision) == 0;
    if (follows && !same && !lacks_result(&journal))
        append_external(history, uuid, &journal, &before, text, compare);
    /* A document goes before each change, so that the file can be cut there. */
    if (!same || journal.last.type != RECORD_DOCUMENT)
        append_document(&journal, change->revision, change->name, text);
    append_change(history, uuid, &journal, change);
    bool done = journal_sync(&journal, error);
    journal_close(&journal);
    return done;
}

/* Of the changes in the file. */
static uint32_t count_changes(const Journal *journal)
{
    Record first;
    if (journal->size == 0 || !journal_next(journal, NULL, &first))
        return 0;
    return journal->last.changes - first.changes + (first.type == RECORD_CHANGE);
}

/* What is in a full file is halved, so that a change is seldom the one that has it written anew. */
static bool make_room(const History *history, Journal *journal, GError **error)
{
    const HistoryLimits *limits = &history->limits;
    bool large = (uint64_t)journal->size > limits->domain_bytes;
    uint32_t most = HISTORY_SLACK * limits->entries;
    if (!large && (journal->last.changes < most || count_changes(journal) < most))
        return true;
    uint64_t bytes = large ? limits->domain_bytes / HISTORY_SLACK : limits->domain_bytes;
    return history_compact(journal, limits->entries, 0, bytes, error);
}

static void append_outcome(Journal *journal, HistoryOutcome outcome, const HistoryResult *result)
{
    g_autofree char *payload = outcome_to_payload(outcome, result);
    journal_append(journal, RECORD_OUTCOME, payload, strlen(payload));
    if (outcome == HISTORY_REMOVED)
        journal_append(journal, RECORD_GONE, "", 0);
    else if (result && result->text)
        append_document(journal, result->revision, result->name, result->text);
}

static bool write_outcome(const History *history, const char *uuid, HistoryOutcome outcome,
                          const HistoryResult *result, GError **error)
{
    Journal journal;
    if (!open_file(history, uuid, &journal, error))
        return false;
    append_outcome(&journal, outcome, result);
    bool done = journal_write(&journal, error) && make_room(history, &journal, error);
    journal_close(&journal);
    return done;
}

static bool take_back(History *history, const char *uuid, GError **error)
{
    Journal journal;
    if (!open_file(history, uuid, &journal, error))
        return false;
    bool done = !is_under_way(history, uuid, &journal) || journal_take_back(&journal, error);
    journal_close(&journal);
    return done;
}

/* On a full disk there may be room for the outcome without the definition, which the next reading
 * brings. */
bool history_end(History *history, const char *uuid, HistoryOutcome outcome,
                 const HistoryResult *result, GError **error)
{
    bool done = outcome == HISTORY_FAILED ? take_back(history, uuid, error)
                                          : write_outcome(history, uuid, outcome, result, error);
    bool written = done;
    if (!done && result && result->text) {
        HistoryResult alone = *result;
        alone.text = NULL;
        written = write_outcome(history, uuid, outcome, &alone, NULL);
    }
    set_unended(history, uuid, !written);
    return done;
}

static bool changed_since(const History *history, const char *uuid, uint64_t time)
{
    struct stat status;
    g_autofree char *path = history_path(history, uuid);
    if (stat(path, &status) < 0)
        return true;
    uint64_t seconds = (uint64_t)status.st_mtim.tv_sec; /* of 32 bits on some machines */
    return seconds * G_USEC_PER_SEC + (uint64_t)status.st_mtim.tv_nsec / 1000 >= time;
}

bool history_present(History *history, GHashTable *uuids, uint64_t time, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) directory = g_dir_open(history->directory, 0, &failure);
    if (!directory && !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    for (const char *name; directory && (name = g_dir_read_name(directory));)
        if (g_uuid_string_is_valid(name) && !g_hash_table_contains(uuids, name) &&
            !changed_since(history, name, time) && !history_gone(history, name, error))
            return false;
    return true;
}
