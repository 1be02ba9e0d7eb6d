/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share: the store, and a change as the payload of a record. */
#pragma once

#include <pthread.h>

#include "history/history.h"
#include "history/record.h"

/* A file may have so many times the changes that are kept, and is shortened to one time of that, or
 * of its bytes. */
#define HISTORY_SLACK 2

struct History {
    gint references;
    bool is_scratch;
    char *directory;
    char *run; /* of the program: a change of another run that has no outcome was interrupted */
    HistoryLimits limits;
    gint sync_time;       /* µs that the last change took to be synchronised (ahead.c) */
    pthread_mutex_t lock; /* of unended */
    /* Of UUIDs: the last change of these is not under way, though its outcome could not be written.
     */
    GHashTable *unended;
};

/* A change as it is read back; `instance` and `ended` say what the list makes of it. */
typedef struct {
    HistoryChange *change;
    char *instance;
    bool ended;
} StoredChange;

void stored_change_clear(StoredChange *stored);
char *change_to_payload(const HistoryChange *change, const char *instance);
/* "made", …, and what differs. */
char *outcome_to_payload(HistoryOutcome outcome, const HistoryResult *result);
/* The outcome's word; adds what differs to the change, unless that is NULL. */
char *outcome_from_payload(const char *payload, HistoryChange *change);
/* False: not a change this version can read. */
bool change_from_payload(const char *payload, StoredChange *ret_stored);

/* What precedes the text in a document's payload. */
char *document_to_payload(const char *revision, const char *name, const char *text);
typedef struct {
    char *revision, *name, *text;
} StoredDocument;
void stored_document_clear(StoredDocument *stored);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoredDocument, stored_document_clear)
bool document_from_payload(const char *payload, StoredDocument *ret_stored);
/* The newest document; false: there is none. */
bool newest_document(const Journal *journal, StoredDocument *ret_stored);

/* Cuts the file off before the definition from which on it has at most `entries` changes, none
 * older than `oldest` (0: any age), in at most `bytes` bytes; the newest definition always stays,
 * and so does one change that is larger. Nothing but journal_close() may follow. */
bool history_compact(Journal *journal, uint32_t entries, uint64_t oldest, uint64_t bytes,
                     GError **error);
char *history_path(const History *history, const char *uuid);
/* Opens a domain's file. */
bool history_open(const History *history, const char *uuid, JournalMode mode, Journal *journal,
                  GError **error);
void append_change(History *history, const char *uuid, Journal *journal,
                   const HistoryChange *change);
