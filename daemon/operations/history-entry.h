/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The entry that one operation leaves in the history of its domain: the definition before the
 * change is kept before libvirt is asked to change it. On workers.
 */
#pragma once

#include "history/history.h"
#include "operations/operation.h"

typedef struct {
    History *history; /* NULL: nothing is kept */
    const char *uuid;
    bool begun;
    bool intended; /* with more than one step: its plan is stored meanwhile */
} HistoryEntry;

/*
 * Keeps `before`, of this revision. Where that fails the change must not be made (false), or, when
 * the configuration says so, is made without history: then the warning history-not-kept is added to
 * the problems. history: NULL is fine.
 */
bool history_entry_begin(HistoryEntry *entry, History *history, const Operation *operation,
                         HistoryOrigin origin, const char *revision, const DwDocument *before,
                         GPtrArray *problems, GError **error);
/*
 * The same in two steps: the first while it is not certain yet that `before` is what there is now;
 * NULL: then history_entry_begin() is to be called in the second one's place. What is begun and not
 * to be made is history_ahead_cancel()led.
 */
HistoryAhead *history_entry_ahead(History *history, const Operation *operation,
                                  HistoryOrigin origin, const char *revision,
                                  const DwDocument *before);
/* Takes ahead. */
bool history_entry_join(HistoryEntry *entry, History *history, const Operation *operation,
                        HistoryAhead *ahead, GPtrArray *problems, GError **error);
/* What dw_document_recover_secrets() returned, as the warning secret-lost. */
void warn_of_lost_secrets(const GPtrArray *kinds, GPtrArray *problems);
/* The definition there is now; changes: NULL when nobody compared. */
void history_entry_made(HistoryEntry *entry, const char *revision, const DwDocument *after,
                        const DwChanges *changes);
/* The change was made and taken back: this is what is there again. */
void history_entry_undone(HistoryEntry *entry, const char *revision, const DwDocument *before);
/* The definition is what it was: there was nothing to change. */
void history_entry_unneeded(HistoryEntry *entry);
/* The domain was undefined. */
void history_entry_removed(HistoryEntry *entry);
/* Some of its steps may have been done and others not, and nothing more is done about it. */
void history_entry_interrupted(HistoryEntry *entry, const Operation *operation);
/* libvirt refused. After OUTCOME_UNKNOWN a change of several steps was interrupted; of one step
 * nothing is recorded: the next reading tells. */
void history_entry_failed(HistoryEntry *entry, const Operation *operation, const GError *failure);
