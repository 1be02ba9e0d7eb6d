/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns what operations write into the history of a domain. Used by edit.c, define.c and power.c on
 * workers, which have the domain's lane: there is one change of a domain at a time.
 */
#include "operations/history-entry.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/user-name.h"
#include "history/describe.h"
#include "operations/plan.h"
#include "operations/validation.h"

static bool refuse(const History *history, const GError *failure, GPtrArray *problems,
                   GError **error)
{
    if (history_is_required(history)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                    "The earlier definition cannot be kept, so nothing was changed: %s Free some "
                    "space, or set mode=best-effort in section [history] of the configuration.",
                    failure->message);
        return false;
    }
    g_autofree char *message =
        g_strdup_printf("The earlier definition is not kept: %s", failure->message);
    if (problems)
        validation_warn(problems, "history-not-kept", message);
    return true;
}

/* The plan has steps for the running domain, too. */
static bool changes_running(const Operation *operation)
{
    const ChangeOperation *change = operation_change_const(operation);
    return change && change->plan && change->plan->steps && change->plan->steps->len > 0;
}

static void describe_plan(const Operation *operation, HistoryChange *change)
{
    const DocumentChange *config = &operation_change_const(operation)->plan->config;
    DwChanges changes = {0};
    dw_changes_between(config->before, config->after, &changes);
    history_describe_plan(&changes, change);
    dw_changes_clear(&changes);
}

/* Stores the change until the outcome is known. */
static bool intend(HistoryEntry *entry, const Operation *operation, const HistoryChange *change,
                   GPtrArray *problems, GError **error)
{
    g_autoptr(GError) failure = NULL;
    entry->intended = history_intend(entry->history, entry->uuid, change, &failure);
    if (entry->intended || refuse(entry->history, failure, problems, error))
        return true;
    history_entry_failed(entry, operation, failure);
    return false;
}

static HistoryChange *change_new(const Operation *operation, HistoryOrigin origin,
                                 const char *revision, const DwDocument *before)
{
    bool several_steps = changes_running(operation);
    HistoryChange *change = g_new0(HistoryChange, 1);
    *change = (HistoryChange){
        .revision = g_strdup(revision),
        .name = dw_get_string(before, "name"),
        .uid = operation->uid,
        .user = user_name(operation->uid),
        .origin = origin,
        .time = g_get_real_time(),
        .affect = g_strdup(several_steps ? "both" : "config"),
    };
    if (several_steps)
        describe_plan(operation, change);
    if (!change->name)
        change->name = g_strdup("");
    if (!change->user)
        change->user = g_strdup("");
    return change;
}

bool history_entry_begin(HistoryEntry *entry, History *history, const Operation *operation,
                         HistoryOrigin origin, const char *revision, const DwDocument *before,
                         GPtrArray *problems, GError **error)
{
    *entry = (HistoryEntry){history, operation->uuid, false, false};
    if (!history)
        return true;
    g_autoptr(HistoryChange) change = change_new(operation, origin, revision, before);
    g_autofree char *text = dw_document_redacted(before);
    g_autoptr(GError) failure = NULL;
    entry->begun =
        history_begin(history, operation->uuid, change, text, history_compare_texts, &failure);
    if (!entry->begun)
        return refuse(history, failure, problems, error);
    return !changes_running(operation) || intend(entry, operation, change, problems, error);
}

HistoryAhead *history_entry_ahead(History *history, const Operation *operation,
                                  HistoryOrigin origin, const char *revision,
                                  const DwDocument *before)
{
    if (!history || changes_running(operation))
        return NULL;
    g_autoptr(HistoryChange) change = change_new(operation, origin, revision, before);
    return history_begin_ahead(history, operation->uuid, change);
}

bool history_entry_join(HistoryEntry *entry, History *history, const Operation *operation,
                        HistoryAhead *ahead, GPtrArray *problems, GError **error)
{
    g_autoptr(GError) failure = NULL;
    *entry = (HistoryEntry){history, operation->uuid, false, false};
    entry->begun = history_ahead_join(ahead, &failure);
    return entry->begun || refuse(history, failure, problems, error);
}

void warn_of_lost_secrets(const GPtrArray *kinds, GPtrArray *problems)
{
    if (kinds->len == 0)
        return;
    g_autoptr(GString) message =
        g_string_new("The history has no secrets: the one of a device of kind ");
    g_string_append_printf(message, "\"%s\"", (const char *)kinds->pdata[0]);
    if (kinds->len > 1)
        g_string_append_printf(message, " (and %u more)", kinds->len - 1);
    g_string_append(message, " is empty now. Set it again.");
    validation_warn(problems, "secret-lost", message->str);
}

/* What cannot be written now is found by the next reading: the change is made already. */
static void end(HistoryEntry *entry, HistoryOutcome outcome, const HistoryResult *result)
{
    if (entry->begun) {
        g_autoptr(GError) error = NULL;
        if (!history_end(entry->history, entry->uuid, outcome, result, &error))
            log_line("history: %s", error->message);
        if (entry->intended)
            history_intent_done(entry->history, entry->uuid);
    }
    entry->begun = false;
}

void history_entry_made(HistoryEntry *entry, const char *revision, const DwDocument *after,
                        const DwChanges *changes)
{
    if (!entry->begun)
        return;
    g_autofree char *text = dw_document_redacted(after);
    g_autofree char *name = dw_get_string(after, "name");
    HistoryChange what = {0};
    if (changes)
        history_describe(changes, &what);
    HistoryResult result = {revision,
                            name ? name : "",
                            text,
                            what.summary,
                            (const char *const *)what.keys,
                            (const char *const *)what.devices};
    end(entry, HISTORY_MADE, &result);
    history_description_clear(&what);
}

void history_entry_undone(HistoryEntry *entry, const char *revision, const DwDocument *before)
{
    if (!entry->begun)
        return;
    g_autofree char *text = dw_document_redacted(before);
    g_autofree char *name = dw_get_string(before, "name");
    HistoryResult result = {.revision = revision, .name = name ? name : "", .text = text};
    end(entry, HISTORY_UNDONE, &result);
}

void history_entry_unneeded(HistoryEntry *entry)
{
    end(entry, HISTORY_FAILED, NULL);
}

void history_entry_removed(HistoryEntry *entry)
{
    end(entry, HISTORY_REMOVED, NULL);
}

void history_entry_interrupted(HistoryEntry *entry, const Operation *operation)
{
    HistoryChange what = {0};
    if (!entry->begun)
        return;
    describe_plan(operation, &what);
    HistoryResult result = {.summary = what.summary,
                            .keys = (const char *const *)what.keys,
                            .devices = (const char *const *)what.devices};
    end(entry, HISTORY_CUT_SHORT, &result);
    history_description_clear(&what);
}

void history_entry_failed(HistoryEntry *entry, const Operation *operation, const GError *failure)
{
    if (!g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_OUTCOME_UNKNOWN))
        end(entry, HISTORY_FAILED, NULL);
    else if (entry->intended)
        history_entry_interrupted(entry, operation);
}
