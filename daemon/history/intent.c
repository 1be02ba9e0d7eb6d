/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the plans of changes that take several steps, one file a domain, from before the first step
 * until the outcome is in the domain's history. A plan that is found when the program starts was
 * interrupted: the history says so, and nothing is done again. The files are not synchronised: what
 * the end of the machine takes of them is in the history, which is. Used by operations on worker
 * threads, and once at the start.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/write-file.h"
#include "history/store.h"

static char *directory_of(const History *history)
{
    return g_build_filename(history->directory, "intents", NULL);
}

static char *path_of(const History *history, const char *uuid)
{
    return g_build_filename(history->directory, "intents", uuid, NULL);
}

static bool fail(const char *what, const char *path, GError **error)
{
    int failure = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(failure), "Cannot %s %s: %s.", what,
                path, g_strerror(failure));
    return false;
}

static bool write_whole(const char *path, const char *text)
{
    g_autofree char *temporary = g_strconcat(path, ".new", NULL);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write_all(fd, text, strlen(text));
    int failure = errno;
    if (fd >= 0)
        close(fd);
    errno = failure;
    return finish_replacement(temporary, path, written);
}

bool history_intend(History *history, const char *uuid, const HistoryChange *plan, GError **error)
{
    g_autofree char *directory = directory_of(history), *path = path_of(history, uuid);
    g_autofree char *payload = change_to_payload(plan, history->run);
    if (g_mkdir_with_parents(directory, 0700) < 0)
        return fail("make", directory, error);
    return write_whole(path, payload) || fail("write", path, error);
}

void history_intent_done(History *history, const char *uuid)
{
    g_autofree char *path = path_of(history, uuid);
    unlink(path);
}

/* ---- What was interrupted ---- */

static bool is_same(const char *payload, const StoredChange *intent)
{
    StoredChange stored;
    if (!change_from_payload(payload, &stored))
        return false;
    bool same = stored.change->time == intent->change->time &&
                strcmp(stored.instance, intent->instance) == 0;
    stored_change_clear(&stored);
    return same;
}

/* Whether the change is in the history, and whether nothing follows it. */
static void find_change(const Journal *journal, const StoredChange *intent, bool *ret_found,
                        bool *ret_last)
{
    Record record;
    *ret_found = *ret_last = false;
    for (bool more = journal_next(journal, NULL, &record); more;
         more = journal_next(journal, &record, &record)) {
        g_autofree char *payload =
            record.type == RECORD_CHANGE ? journal_payload(journal, &record) : NULL;
        *ret_last = payload && is_same(payload, intent);
        *ret_found |= *ret_last;
    }
}

static void append_interrupted(Journal *journal, const HistoryChange *plan)
{
    HistoryResult result = {
        .summary = plan->summary,
        .keys = (const char *const *)plan->keys,
        .devices = (const char *const *)plan->devices,
    };
    g_autofree char *payload = outcome_to_payload(HISTORY_CUT_SHORT, &result);
    journal_append(journal, RECORD_OUTCOME, payload, strlen(payload));
}

static void append_intended(Journal *journal, const StoredChange *intent)
{
    g_autofree char *payload = change_to_payload(intent->change, intent->instance);
    journal_append(journal, RECORD_CHANGE, payload, strlen(payload));
}

/* With another record after it the outcome is there, or the history says already that there is
 * none. */
static bool settle(const History *history, const char *uuid, const StoredChange *intent,
                   GError **error)
{
    g_autofree char *path = history_path(history, uuid);
    bool found, last;
    Journal journal;
    if (!journal_open(&journal, path, JOURNAL_CREATE, error))
        return false;
    find_change(&journal, intent, &found, &last);
    if (!found)
        append_intended(&journal, intent);
    if (!found || last)
        append_interrupted(&journal, intent->change);
    bool done = journal_sync(&journal, error);
    journal_close(&journal);
    return done;
}

static bool settle_file(History *history, const char *uuid, GError **error)
{
    g_autofree char *path = path_of(history, uuid), *payload = NULL;
    StoredChange intent;
    if (!g_file_get_contents(path, &payload, NULL, error))
        return false;
    if (change_from_payload(payload, &intent)) {
        bool ours = strcmp(intent.instance, history->run) == 0;
        bool done = ours || settle(history, uuid, &intent, error);
        stored_change_clear(&intent);
        if (ours || !done)
            return done;
    }
    history_intent_done(history, uuid);
    return true;
}

bool history_settle_intents(History *history, GError **error)
{
    g_autofree char *path = directory_of(history);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        if (!g_uuid_string_is_valid(name))
            history_intent_done(history, name); /* was being written: nothing had begun */
        else if (!settle_file(history, name, error))
            return false;
    }
    return true;
}
