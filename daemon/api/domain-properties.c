/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One row a property; everything that shows a domain's properties loops over the rows. */
#include "api/domain-properties.h"

#include <string.h>

/* Names and titles are public, and as long as their author liked. */
static void append_shown(Writer *writer, const char *text)
{
    enum { MOST = 256 };
    if (strlen(text) <= MOST) {
        writer_basic(writer, 's', text);
        return;
    }
    g_autofree char *kept = g_strndup(text, g_utf8_find_prev_char(text, text + MOST) - text);
    g_autofree char *shown = g_strconcat(kept, "…", NULL);
    writer_basic(writer, 's', shown);
}

static void append_name(Writer *writer, const Domain *domain)
{
    append_shown(writer, domain->name);
}

static void append_uuid(Writer *writer, const Domain *domain)
{
    writer_basic(writer, 's', domain->uuid_text);
}

static void append_id(Writer *writer, const Domain *domain)
{
    writer_basic(writer, 'i', &domain->id);
}

static void append_state(Writer *writer, const Domain *domain)
{
    writer_basic(writer, 's', virt_state_name(domain->state));
}

static void append_boolean(Writer *writer, int value)
{
    writer_basic(writer, 'b', &value);
}

static void append_active(Writer *writer, const Domain *domain)
{
    append_boolean(writer, domain_active(domain));
}

static void append_persistent(Writer *writer, const Domain *domain)
{
    append_boolean(writer, domain->persistent);
}

static void append_autostart(Writer *writer, const Domain *domain)
{
    append_boolean(writer, domain->autostart);
}

static void append_title(Writer *writer, const Domain *domain)
{
    append_shown(writer, domain->title ? domain->title : "");
}

static void append_host(Writer *writer, const Domain *domain)
{
    writer_basic(writer, 'o', domain->inventory->host->path);
}

static void append_started_at(Writer *writer, const Domain *domain)
{
    writer_basic(writer, 't', &domain->started_at);
}

static void append_pending(Writer *writer, const Domain *domain)
{
    append_boolean(writer, domain->pending);
}

static const struct {
    const char *property, *type;
    void (*append)(Writer *writer, const Domain *domain);
} rows[] = {
    {"Name", "s", append_name},
    {"UUID", "s", append_uuid},
    {"Id", "i", append_id},
    {"State", "s", append_state},
    {"Active", "b", append_active},
    {"Persistent", "b", append_persistent},
    {"Autostart", "b", append_autostart},
    {"Title", "s", append_title},
    {"Host", "o", append_host},
    {"StartedAt", "t", append_started_at},
    {"Pending", "b", append_pending},
};

static const char *const columns[] = {"name",   "uuid",       "id",        "state",
                                      "active", "persistent", "autostart", "title",
                                      "host",   "started-at", "pending",   NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(columns) == G_N_ELEMENTS(rows) + 1);

const char *const *domain_columns(void)
{
    return columns;
}

int domain_column(const char *name)
{
    for (int i = 0; columns[i]; i++) {
        if (strcmp(columns[i], name) == 0)
            return i;
    }
    return -1;
}

int domain_property(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].property, name) == 0)
            return i;
    }
    return -1;
}

void domain_append_value(Writer *writer, const Domain *domain, int number)
{
    rows[number].append(writer, domain);
}

static void append_entry(Writer *writer, const char *name, const Domain *domain, int number)
{
    writer_open_entry(writer, name, rows[number].type);
    rows[number].append(writer, domain);
    writer_close_entry(writer);
}

void domain_append_column(Writer *writer, const Domain *domain, int number)
{
    append_entry(writer, columns[number], domain, number);
}

void domain_append_properties(Writer *writer, const Domain *domain)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        append_entry(writer, rows[i].property, domain, i);
}
