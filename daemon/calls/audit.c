/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing the record of changes. What callers wrote is quoted and cut, and never a format; what
 * documents hold is not written at all.
 */
#include "calls/audit.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "calls/server.h"

/* Of a message of this kind; see journalctl(1). */
#define MESSAGE_ID "6ce21a0c6fdd4a0bb7a5ce2b7b0e2c4f"
#define MAX_TEXT   256

/* Refusals of one user that are written in each interval; further ones are counted. */
#define MAX_REFUSALS  200
#define INTERVAL_USEC (30 * G_USEC_PER_SEC)

struct Audit {
    GHashTable *refusals; /* uid -> their number in this interval */
    sd_event_source *timer;
};

/* As a C string would spell it: one line, no control characters. */
static char *quoted(const char *text)
{
    g_autofree char *cut = g_strndup(text ? text : "", MAX_TEXT);
    return g_strescape(cut, NULL);
}

static void add(GPtrArray *entry, const char *name, const char *value)
{
    if (value && *value)
        g_ptr_array_add(entry, g_strconcat(name, "=", value, NULL));
}

static void write_entry(const Request *request, const AuditRecord *record, const char *message,
                        const char *effects, const char *outcome)
{
    g_autoptr(GPtrArray) entry = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *uid = g_strdup_printf("%u", (unsigned)request->uid);
    g_autofree char *domain = quoted(record->domain);
    g_autofree char *reach = record->reach ? g_strjoinv("; ", record->reach) : NULL;
    g_autofree char *reach_quoted = reach ? quoted(reach) : NULL;
    add(entry, "MESSAGE", message);
    add(entry, "PRIORITY", record->error ? "4" : "5");
    add(entry, "SYSLOG_IDENTIFIER", "domwrightd");
    add(entry, "DOMWRIGHT_UID", uid);
    add(entry, "DOMWRIGHT_SENDER", sd_bus_message_get_sender(request->message));
    add(entry, "DOMWRIGHT_METHOD", sd_bus_message_get_member(request->message));
    add(entry, "DOMWRIGHT_HOST", record->host);
    add(entry, "DOMWRIGHT_DOMAIN", domain);
    add(entry, "DOMWRIGHT_UUID", record->uuid);
    add(entry, "DOMWRIGHT_EFFECTS", effects);
    add(entry, "DOMWRIGHT_REACH", reach_quoted);
    add(entry, "DOMWRIGHT_OUTCOME", outcome);
    add(entry, "DOMWRIGHT_OVERWROTE", record->overwrote ? "1" : "");
    add(entry, "DOMWRIGHT_REVISION_BEFORE", record->before);
    add(entry, "DOMWRIGHT_REVISION_AFTER", record->after);
    add(entry, "MESSAGE_ID", MESSAGE_ID);
    g_ptr_array_add(entry, NULL);
    log_entry((char **)entry->pdata);
}

static const char *short_name(const GError *error)
{
    if (!error)
        return "done";
    const char *name = error_name(error);
    return strrchr(name, '.') + 1;
}

/* ---- Floods of refusals ---- */

static void write_rest(uid_t uid, unsigned count)
{
    if (count > MAX_REFUSALS)
        log_line("audit: uid %u: %u further changes were refused in %d seconds", (unsigned)uid,
                 count - MAX_REFUSALS, (int)(INTERVAL_USEC / G_USEC_PER_SEC));
}

static void write_rests(Audit *all)
{
    GHashTableIter iter;
    gpointer uid, count;
    g_hash_table_iter_init(&iter, all->refusals);
    while (g_hash_table_iter_next(&iter, &uid, &count)) {
        write_rest(GPOINTER_TO_UINT(uid), GPOINTER_TO_UINT(count));
        g_hash_table_iter_remove(&iter);
    }
}

static int on_interval(sd_event_source *source, uint64_t usec, void *userdata)
{
    write_rests(userdata);
    return 0;
}

/* Whether this one is written. */
static bool count_refusal(Audit *all, uid_t uid)
{
    gpointer key = GUINT_TO_POINTER(uid);
    unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(all->refusals, key)) + 1;
    if (g_hash_table_size(all->refusals) == 0) {
        need_memory(sd_event_source_set_time_relative(all->timer, INTERVAL_USEC));
        need_memory(sd_event_source_set_enabled(all->timer, SD_EVENT_ONESHOT));
    }
    g_hash_table_insert(all->refusals, key, GUINT_TO_POINTER(count));
    return count <= MAX_REFUSALS;
}

Audit *audit_new(sd_event *event)
{
    Audit *all = g_new0(Audit, 1);
    all->refusals = g_hash_table_new(NULL, NULL);
    if (sd_event_add_time(event, &all->timer, CLOCK_MONOTONIC, 0, 1, on_interval, all) >= 0 &&
        sd_event_source_set_enabled(all->timer, SD_EVENT_OFF) >= 0)
        return all;
    audit_free(all);
    return NULL;
}

void audit_free(Audit *all)
{
    if (!all)
        return;
    write_rests(all);
    g_hash_table_unref(all->refusals);
    sd_event_source_unref(all->timer);
    g_free(all);
}

void audit(const Request *request, const AuditRecord *record)
{
    if (record->error && !count_refusal(request->server->audit, request->uid))
        return;
    g_autofree char *effects = action_names(record->effects);
    g_autofree char *domain = quoted(record->domain);
    const char *outcome = short_name(record->error);
    g_autofree char *message = g_strdup_printf(
        "uid %u %s %s of \"%s\" (%s) on host %s: %s [%s]%s%s%s%s%s", (unsigned)request->uid,
        sd_bus_message_get_sender(request->message), sd_bus_message_get_member(request->message),
        domain, record->uuid ? record->uuid : "", record->host, outcome, effects,
        *record->before ? " revision " : "", record->before, *record->after ? " -> " : "",
        record->after, record->overwrote ? ", perhaps over another program's change" : "");
    if (log_has_journal())
        write_entry(request, record, message, effects, outcome);
    else
        log_line("audit: %s", message);
}
