/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Earlier definitions of domains, kept on disk: one file for each UUID, mode 0600, in a directory
 * of mode 0700. Operations and the document reader use it on worker threads; all functions are
 * thread-safe (files are locked, nothing is kept in memory).
 *
 * A document is stored once, when it is first seen; a change refers to the definition before it by
 * its revision. Documents are stored as given: the caller replaces secrets by the placeholder
 * first. Revisions are lower-case hex (inventory/revision.h).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HISTORY_DOMWRIGHT,   /* made by a caller of this service */
    HISTORY_EXTERNAL,    /* made by another program */
    HISTORY_RESTORE,     /* brought an earlier definition back */
    HISTORY_UNDEFINE,    /* removed the domain */
    HISTORY_INTERRUPTED, /* listed only: the service ended before the outcome was known */
} HistoryOrigin;

/* "domwright", "external", … */
const char *history_origin_name(HistoryOrigin origin);

#define HISTORY_NO_USER UINT32_MAX

/* A change of one domain. `revision` names the definition before it. */
typedef struct {
    char *revision;
    char *name;    /* the domain's, before the change */
    uint64_t time; /* µs since 1970; 0 when given to history_begin: now */
    uint32_t uid;  /* HISTORY_NO_USER: not known */
    char *user;    /* login name, or "" */
    HistoryOrigin origin;
    char *summary;
    char **keys;    /* settings that changed */
    char **devices; /* kind, id, kind, id, … */
    char *affect;   /* "config" or "both" */
    bool undone;    /* the change was made and taken back */
} HistoryChange;

void history_change_free(HistoryChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HistoryChange, history_change_free)

/* A domain that is not defined any more, and the last definition it had. */
typedef struct {
    char *uuid;
    HistoryChange *change;
} HistoryLost;

void history_lost_free(HistoryLost *lost);

typedef struct {
    uint32_t entries;      /* changes kept for a domain, at least 1 */
    uint32_t days;         /* older changes go; 0: no limit */
    uint64_t domain_bytes; /* size of a domain's file after which older changes go */
    uint64_t total_bytes;  /* of all files */
    bool required; /* a change is not made when it cannot be kept; see history_is_required */
} HistoryLimits;

typedef struct History History;

/* directory: made when something is stored. run: an id of this run of the program. is_scratch: the
 * domains do not outlive libvirt, so that nothing need be on the disk before they are changed.
 * Errors of all functions are of G_FILE_ERROR. */
History *history_new(const char *directory, const char *run, const HistoryLimits *limits,
                     bool is_scratch);
/* References; any thread. */
History *history_ref(History *history);
void history_unref(History *history);
static inline void history_clear(History *history)
{
    if (history)
        history_unref(history);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_clear)

/* Fills `change` (keys, devices, summary) with what differs between two stored texts. */
typedef void (*HistoryCompare)(const char *before, const char *after, HistoryChange *change);

bool history_is_required(const History *history);

/*
 * The domain has this definition. When another one was stored last and no change of ours is under
 * way, that was replaced by another program: recorded as external, with `compare` describing it.
 * ret_external: whether it was. Not synchronised unless a change is recorded.
 */
bool history_saw(History *history, const char *uuid, const char *name, const char *revision,
                 const char *text, HistoryCompare compare, bool *ret_external, GError **error);
/* The domain is not defined any more, and that was not our doing. Does nothing where that is known.
 */
bool history_gone(History *history, const char *uuid, GError **error);
/* All domains that were defined at this time, as a set of UUIDs: others are gone, unless something
 * was stored of them since. */
bool history_present(History *history, GHashTable *uuids, uint64_t time, GError **error);

/*
 * Before a change: stores the definition it replaces, if it is not the one stored last (which was
 * replaced by another program then, as in history_saw), and the change, and synchronises both.
 * Until history_end the change is under way.
 */
bool history_begin(History *history, const char *uuid, const HistoryChange *change,
                   const char *text, HistoryCompare compare, GError **error);
/*
 * The same before it is certain that the domain still has the definition of the change's revision:
 * only where that is the one stored last. On a slow disk a thread synchronises it. NULL: it is not
 * begun.
 */
typedef struct HistoryAhead HistoryAhead;
HistoryAhead *history_begin_ahead(History *history, const char *uuid, const HistoryChange *change);
/* Waits, and returns what history_begin() would. Frees. */
bool history_ahead_join(HistoryAhead *ahead, GError **error);
/* The change is not made after all. Waits and frees; NULL is fine. */
void history_ahead_cancel(HistoryAhead *ahead);
typedef enum {
    HISTORY_MADE,
    HISTORY_FAILED,    /* nothing was changed; the entry disappears */
    HISTORY_UNDONE,    /* it was made and taken back */
    HISTORY_REMOVED,   /* the domain was undefined */
    HISTORY_CUT_SHORT, /* the program ended before it was known */
} HistoryOutcome;
/* The definition that is there now, and what differs from the one before. */
typedef struct {
    const char *revision, *name, *text; /* NULL: not known, or there is none */
    const char *summary;
    const char *const *keys, *const *devices; /* as in HistoryChange */
} HistoryResult;
/* result: NULL for HISTORY_FAILED and HISTORY_REMOVED. Not synchronised. */
bool history_end(History *history, const char *uuid, HistoryOutcome outcome,
                 const HistoryResult *result, GError **error);

/*
 * A change that takes more than one step, as it was given to history_begin, with what is to be
 * changed: stored before the first of them, beside the history, until its outcome is in there. Not
 * synchronised: history_begin has done that with the same.
 */
bool history_intend(History *history, const char *uuid, const HistoryChange *plan, GError **error);
void history_intent_done(History *history, const char *uuid);
/* At the start of the program: those of earlier runs were interrupted, and are rows of the history.
 */
bool history_settle_intents(History *history, GError **error);

/*
 * Changes, newest first, before the time (0: all), at most `limit` (0: all). A domain without a
 * history has none: an empty array. A change under way is not listed.
 */
GPtrArray *history_list(History *history, const char *uuid, uint32_t limit, uint64_t before,
                        GError **error);
/* The newest stored definition, with its revision and the name the domain had. */
char *history_last(History *history, const char *uuid, char **ret_revision, char **ret_name,
                   GError **error);
/* The stored text of a revision; G_FILE_ERROR_NOENT: it is not kept. */
char *history_text(History *history, const char *uuid, const char *revision, GError **error);
/* HistoryLost, newest first. Reads the end of each file. */
GPtrArray *history_lost_list(History *history, GError **error);

/*
 * Applies the limits of days and total size, oldest changes of the largest files first. The newest
 * definition of a domain that is defined is never removed; that of one that is gone goes after the
 * days. Called now and then, and by history_end for its own file.
 */
bool history_prune(History *history, uint64_t now, GError **error);
