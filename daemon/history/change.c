/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns how a change and a document are written into a record: lines of name and value, values
 * escaped as C strings. Names that are not known are skipped, so that a later version may add some.
 * Used by store.c and prune.c on any thread.
 */
#include <stdlib.h>
#include <string.h>

#include "history/store.h"

static const char *const origins[] = {"domwright", "external", "restore", "undefine",
                                      "interrupted"};

const char *history_origin_name(HistoryOrigin origin)
{
    return origins[origin];
}

void history_change_free(HistoryChange *change)
{
    if (!change)
        return;
    g_free(change->revision);
    g_free(change->name);
    g_free(change->user);
    g_free(change->summary);
    g_strfreev(change->keys);
    g_strfreev(change->devices);
    g_free(change->affect);
    g_free(change);
}

void stored_change_clear(StoredChange *stored)
{
    g_clear_pointer(&stored->change, history_change_free);
    g_clear_pointer(&stored->instance, g_free);
}

static void add_line(GString *payload, const char *name, const char *value)
{
    g_autofree char *escaped = g_strescape(value ? value : "", NULL);
    g_string_append(payload, name);
    g_string_append_c(payload, ' ');
    g_string_append(payload, escaped);
    g_string_append_c(payload, '\n');
}

static void add_list(GString *payload, const char *name, const char *const *values)
{
    for (const char *const *value = values; value && *value; value++)
        add_line(payload, name, *value);
}

char *change_to_payload(const HistoryChange *change, const char *instance)
{
    GString *payload = g_string_new(NULL);
    add_line(payload, "revision", change->revision);
    add_line(payload, "name", change->name);
    g_string_append_printf(payload, "time %" G_GUINT64_FORMAT "\nuid %" G_GUINT32_FORMAT "\n",
                           change->time ? change->time : (uint64_t)g_get_real_time(), change->uid);
    add_line(payload, "user", change->user);
    add_line(payload, "origin", origins[change->origin]);
    add_line(payload, "summary", change->summary);
    add_line(payload, "affect", change->affect);
    add_line(payload, "instance", instance);
    add_list(payload, "key", (const char *const *)change->keys);
    add_list(payload, "device", (const char *const *)change->devices);
    return g_string_free(payload, FALSE);
}

static HistoryOrigin origin_of(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(origins); i++)
        if (strcmp(name, origins[i]) == 0)
            return i;
    return HISTORY_EXTERNAL;
}

static void take(char **field, char **value)
{
    g_free(*field);
    *field = g_steal_pointer(value);
}

typedef struct {
    StoredChange *stored;
    GStrvBuilder *keys, *devices;
} Reading;

static void read_line(Reading *reading, const char *name, const char *escaped)
{
    HistoryChange *change = reading->stored->change;
    g_autofree char *value = g_strcompress(escaped);
    if (strcmp(name, "revision") == 0)
        take(&change->revision, &value);
    else if (strcmp(name, "name") == 0)
        take(&change->name, &value);
    else if (strcmp(name, "time") == 0)
        change->time = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(name, "uid") == 0)
        change->uid = strtoul(value, NULL, 10);
    else if (strcmp(name, "user") == 0)
        take(&change->user, &value);
    else if (strcmp(name, "origin") == 0)
        change->origin = origin_of(value);
    else if (strcmp(name, "summary") == 0)
        take(&change->summary, &value);
    else if (strcmp(name, "affect") == 0)
        take(&change->affect, &value);
    else if (strcmp(name, "instance") == 0)
        take(&reading->stored->instance, &value);
    else if (strcmp(name, "key") == 0)
        g_strv_builder_add(reading->keys, value);
    else if (strcmp(name, "device") == 0)
        g_strv_builder_add(reading->devices, value);
}

/* Lists that are read replace those of the change. */
static void read_lines(StoredChange *stored, const char *payload)
{
    HistoryChange *change = stored->change;
    g_autoptr(GStrvBuilder) keys = g_strv_builder_new(), devices = g_strv_builder_new();
    Reading reading = {stored, keys, devices};
    g_auto(GStrv) lines = g_strsplit(payload, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *space = strchr(*line, ' ');
        if (!space)
            continue;
        *space = '\0';
        read_line(&reading, *line, space + 1);
    }
    g_strfreev(change->keys);
    change->keys = g_strv_builder_end(keys);
    g_strfreev(change->devices);
    change->devices = g_strv_builder_end(devices);
}

bool change_from_payload(const char *payload, StoredChange *ret_stored)
{
    *ret_stored = (StoredChange){.change = g_new0(HistoryChange, 1)};
    const HistoryChange *change = ret_stored->change;
    ret_stored->change->uid = HISTORY_NO_USER;
    read_lines(ret_stored, payload);
    if (change->revision && change->name && change->time && ret_stored->instance)
        return true;
    stored_change_clear(ret_stored);
    return false;
}

/* A change that failed leaves no record. */
static const char *const outcomes[] = {
    [HISTORY_MADE] = "made",
    [HISTORY_UNDONE] = "undone",
    [HISTORY_REMOVED] = "removed",
    [HISTORY_CUT_SHORT] = "interrupted",
};

char *outcome_to_payload(HistoryOutcome outcome, const HistoryResult *result)
{
    GString *payload = g_string_new(outcomes[outcome]);
    g_string_append_c(payload, '\n');
    if (result) {
        add_line(payload, "summary", result->summary);
        add_list(payload, "key", result->keys);
        add_list(payload, "device", result->devices);
    }
    return g_string_free(payload, FALSE);
}

char *outcome_from_payload(const char *payload, HistoryChange *change)
{
    const char *end = strchrnul(payload, '\n');
    if (change && *end && end[1]) {
        StoredChange stored = {.change = change};
        read_lines(&stored, end + 1);
    }
    return g_strndup(payload, end - payload);
}

char *document_to_payload(const char *revision, const char *name, const char *text)
{
    g_autofree char *escaped = g_strescape(name, NULL);
    return g_strconcat(revision, "\n", escaped, "\n", text, NULL);
}

void stored_document_clear(StoredDocument *stored)
{
    g_clear_pointer(&stored->revision, g_free);
    g_clear_pointer(&stored->name, g_free);
    g_clear_pointer(&stored->text, g_free);
}

bool document_from_payload(const char *payload, StoredDocument *ret_stored)
{
    *ret_stored = (StoredDocument){0};
    const char *name = strchr(payload, '\n');
    const char *text = name ? strchr(name + 1, '\n') : NULL;
    if (!text)
        return false;
    g_autofree char *escaped = g_strndup(name + 1, text - name - 1);
    ret_stored->revision = g_strndup(payload, name - payload);
    ret_stored->name = g_strcompress(escaped);
    ret_stored->text = g_strdup(text + 1);
    return true;
}
