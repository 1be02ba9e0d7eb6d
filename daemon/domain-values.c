/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One row a property; everything that shows a domain's properties loops over the rows. */
#include "domain-values.h"

#include <string.h>

#include "wire.h"

static int append_name(sd_bus_message *message, const Domain *domain)
{
    return sd_bus_message_append_basic(message, 's', domain->name);
}

static int append_uuid(sd_bus_message *message, const Domain *domain)
{
    char text[UUID_TEXT];
    uuid_format(&domain->uuid, text);
    return sd_bus_message_append_basic(message, 's', text);
}

static int append_id(sd_bus_message *message, const Domain *domain)
{
    return sd_bus_message_append_basic(message, 'i', &domain->id);
}

static int append_state(sd_bus_message *message, const Domain *domain)
{
    return sd_bus_message_append_basic(message, 's', virt_state_name(domain->state));
}

static int append_boolean(sd_bus_message *message, int value)
{
    return sd_bus_message_append_basic(message, 'b', &value);
}

static int append_active(sd_bus_message *message, const Domain *domain)
{
    return append_boolean(message, domain_active(domain));
}

static int append_persistent(sd_bus_message *message, const Domain *domain)
{
    return append_boolean(message, domain->persistent);
}

static int append_autostart(sd_bus_message *message, const Domain *domain)
{
    return append_boolean(message, domain->autostart);
}

static int append_title(sd_bus_message *message, const Domain *domain)
{
    return sd_bus_message_append_basic(message, 's', domain->title ? domain->title : "");
}

static int append_host(sd_bus_message *message, const Domain *domain)
{
    return sd_bus_message_append_basic(message, 'o', domain->host->path);
}

static const struct {
    const char *property, *type;
    int (*append)(sd_bus_message *message, const Domain *domain);
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
};

static const char *const columns[] = {"name",       "uuid",      "id",    "state", "active",
                                      "persistent", "autostart", "title", "host",  NULL};
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

int domain_append_value(sd_bus_message *message, const Domain *domain, int number)
{
    return rows[number].append(message, domain);
}

static int append_entry(sd_bus_message *message, const char *name, const Domain *domain, int number)
{
    int r = sd_bus_message_open_container(message, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', name);
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'v', rows[number].type);
    if (r >= 0)
        r = rows[number].append(message, domain);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int domain_append_column(sd_bus_message *message, const Domain *domain, int number)
{
    return append_entry(message, columns[number], domain, number);
}

int domain_append_properties(sd_bus_message *message, const Domain *domain)
{
    int r = 0;
    for (gsize i = 0; r >= 0 && i < G_N_ELEMENTS(rows); i++)
        r = append_entry(message, rows[i].property, domain, i);
    return r;
}
