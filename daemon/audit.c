/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing the record of changes. What callers wrote is quoted and cut, and never a format; what
 * documents hold is not written at all.
 */
#include "audit.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "authority.h"
#include "errors.h"

/* Of a message of this kind; see journalctl(1). */
#define MESSAGE_ID "MESSAGE_ID=6ce21a0c6fdd4a0bb7a5ce2b7b0e2c4f"
#define MAX_TEXT   256
#define MAX_FIELDS 20

static bool to_journal;

/* systemd tells the device and inode of the stream it has given us. */
void audit_open(void)
{
    const char *stream = g_getenv("JOURNAL_STREAM");
    struct stat status;
    g_autofree char *own = NULL;
    if (stream && fstat(STDERR_FILENO, &status) == 0)
        own =
            g_strdup_printf("%lu:%lu", (unsigned long)status.st_dev, (unsigned long)status.st_ino);
    to_journal = own && strcmp(own, stream) == 0;
}

/* As a C string would spell it: one line, no control characters. */
static char *quoted(const char *text)
{
    g_autofree char *cut = g_strndup(text ? text : "", MAX_TEXT);
    return g_strescape(cut, NULL);
}

typedef struct {
    struct iovec fields[MAX_FIELDS];
    int count;
} Entry;

static void add(Entry *entry, const char *name, const char *value)
{
    if (!value || *value == '\0')
        return;
    char *field = g_strconcat(name, "=", value, NULL);
    entry->fields[entry->count++] = (struct iovec){field, strlen(field)};
}

static void write_entry(const Request *request, const AuditRecord *record, const char *message,
                        const char *effects, const char *outcome)
{
    Entry entry = {0};
    g_autofree char *uid = g_strdup_printf("%u", (unsigned)request->uid);
    g_autofree char *domain = quoted(record->domain);
    g_autofree char *reach = record->reach ? g_strjoinv("; ", record->reach) : NULL;
    g_autofree char *reach_quoted = reach ? quoted(reach) : NULL;
    add(&entry, "MESSAGE", message);
    add(&entry, "PRIORITY", record->error ? "4" : "5");
    add(&entry, "SYSLOG_IDENTIFIER", "domwrightd");
    add(&entry, "DOMWRIGHT_UID", uid);
    add(&entry, "DOMWRIGHT_SENDER", sd_bus_message_get_sender(request->message));
    add(&entry, "DOMWRIGHT_METHOD", sd_bus_message_get_member(request->message));
    add(&entry, "DOMWRIGHT_HOST", record->host);
    add(&entry, "DOMWRIGHT_DOMAIN", domain);
    add(&entry, "DOMWRIGHT_UUID", record->uuid);
    add(&entry, "DOMWRIGHT_EFFECTS", effects);
    add(&entry, "DOMWRIGHT_REACH", reach_quoted);
    add(&entry, "DOMWRIGHT_OUTCOME", outcome);
    add(&entry, "DOMWRIGHT_OVERWROTE", record->overwrote ? "1" : "");
    add(&entry, "DOMWRIGHT_REVISION_BEFORE", record->before);
    add(&entry, "DOMWRIGHT_REVISION_AFTER", record->after);
    entry.fields[entry.count++] = (struct iovec){(char *)MESSAGE_ID, strlen(MESSAGE_ID)};
    sd_journal_sendv(entry.fields, entry.count);
    for (int i = 0; i < entry.count - 1; i++)
        g_free(entry.fields[i].iov_base);
}

static const char *short_name(const GError *error)
{
    if (!error)
        return "done";
    const char *name = error_name(error);
    return strrchr(name, '.') + 1;
}

void audit(const Request *request, const AuditRecord *record)
{
    g_autofree char *effects = authority_names(record->effects);
    g_autofree char *domain = quoted(record->domain);
    const char *outcome = short_name(record->error);
    g_autofree char *message = g_strdup_printf(
        "uid %u %s %s of \"%s\" (%s) on host %s: %s [%s]%s%s%s%s%s", (unsigned)request->uid,
        sd_bus_message_get_sender(request->message), sd_bus_message_get_member(request->message),
        domain, record->uuid ? record->uuid : "", record->host, outcome, effects,
        *record->before ? " revision " : "", record->before, *record->after ? " -> " : "",
        record->after, record->overwrote ? ", perhaps over another program's change" : "");
    if (to_journal)
        write_entry(request, record, message, effects, outcome);
    else
        g_printerr("domwrightd: audit: %s\n", message);
}
