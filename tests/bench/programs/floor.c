/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-floor ADDRESS: the least a service on the bus can be. It answers Peer.Ping, which sd-bus
 * does by itself; Keep(a(oa{sv}) rows) remembers a list of domains of the usual columns, and Rows()
 * answers it from memory, Find(s, a{sv}) -> o the path of its first; KeepText(s text) remembers a
 * text, which Text(a{sv}) answers. It has a property Name. Owns the floors of everything that is
 * measured on the bus.
 */
#include "floor.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

typedef struct {
    char *path, *name, *uuid, *state;
    int active;
} Kept;

typedef struct {
    GArray *rows; /* of Kept */
    char *text;
} Memory;

static void kept_clear(void *data)
{
    Kept *row = data;

    g_free(row->path);
    g_free(row->name);
    g_free(row->uuid);
    g_free(row->state);
}

static int keep_value(sd_bus_message *message, Kept *row)
{
    const char *key, *type, *text = NULL;
    int r = sd_bus_message_read_basic(message, 's', &key);

    if (r < 0 || (r = sd_bus_message_peek_type(message, NULL, &type)) < 0)
        return r;
    if (strcmp(type, "b") == 0)
        return sd_bus_message_read(message, "v", "b", &row->active);
    r = sd_bus_message_read(message, "v", "s", &text);
    if (r < 0)
        return r;
    char **place = strcmp(key, "name") == 0   ? &row->name
                   : strcmp(key, "uuid") == 0 ? &row->uuid
                                              : &row->state;
    g_free(*place);
    *place = g_strdup(text);
    return 0;
}

static int keep_row(sd_bus_message *message, GArray *rows)
{
    Kept row = {0};
    const char *path;
    int r = sd_bus_message_read_basic(message, 'o', &path);

    if (r < 0 || (r = sd_bus_message_enter_container(message, 'a', "{sv}")) < 0)
        return r;
    row.path = g_strdup(path);
    while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0)
        if ((r = keep_value(message, &row)) < 0 || (r = sd_bus_message_exit_container(message)) < 0)
            break;
    g_array_append_val(rows, row);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int method_keep(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    GArray *rows = ((Memory *)userdata)->rows;
    int r = sd_bus_message_enter_container(message, 'a', "(oa{sv})");

    g_array_set_size(rows, 0);
    while (r >= 0 && (r = sd_bus_message_enter_container(message, 'r', "oa{sv}")) > 0)
        if ((r = keep_row(message, rows)) >= 0)
            r = sd_bus_message_exit_container(message);
    return r < 0 ? r : sd_bus_reply_method_return(message, "");
}

static int method_rows(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
    const GArray *rows = ((Memory *)userdata)->rows;
    int r = sd_bus_message_new_method_return(message, &reply);

    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "(oa{sv})");
    for (guint i = 0; r >= 0 && i < rows->len; i++) {
        const Kept *row = &g_array_index(rows, Kept, i);
        r = sd_bus_message_append(reply, "(oa{sv})", row->path, 4, "name", "s", row->name, "uuid",
                                  "s", row->uuid, "state", "s", row->state, "active", "b",
                                  row->active);
    }
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int method_find(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    const GArray *rows = ((Memory *)userdata)->rows;
    const char *word;
    int r = sd_bus_message_read_basic(message, 's', &word);

    if (r < 0 || (r = sd_bus_message_skip(message, "a{sv}")) < 0)
        return r;
    return sd_bus_reply_method_return(message, "o", g_array_index(rows, Kept, 0).path);
}

static int method_keep_text(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    Memory *memory = userdata;
    const char *text;
    int r = sd_bus_message_read_basic(message, 's', &text);

    if (r < 0)
        return r;
    g_free(memory->text);
    memory->text = g_strdup(text);
    return sd_bus_reply_method_return(message, "");
}

static int method_text(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    int r = sd_bus_message_skip(message, "a{sv}");

    return r < 0 ? r : sd_bus_reply_method_return(message, "s", ((Memory *)userdata)->text);
}

static int property_name(sd_bus *bus, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    return sd_bus_message_append_basic(reply, 's', "running");
}

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Keep", "a(oa{sv})", "", method_keep, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Rows", "", "a(oa{sv})", method_rows, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Find", "sa{sv}", "o", method_find, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("KeepText", "s", "", method_keep_text, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Text", "a{sv}", "s", method_text, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("Name", "s", property_name, 0, 0),
    SD_BUS_VTABLE_END,
};

static int serve(const char *address, Memory *memory)
{
    _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
    int r;

    if ((r = sd_bus_new(&bus)) < 0 || (r = sd_bus_set_address(bus, address)) < 0 ||
        (r = sd_bus_set_bus_client(bus, 1)) < 0 || (r = sd_bus_start(bus)) < 0)
        return r;
    r = sd_bus_add_object_vtable(bus, NULL, FLOOR_PATH, FLOOR_INTERFACE, vtable, memory);
    if (r < 0 || (r = sd_bus_request_name(bus, FLOOR_NAME, 0)) < 0)
        return r;
    while (r >= 0) {
        r = sd_bus_process(bus, NULL);
        if (r == 0)
            r = sd_bus_wait(bus, UINT64_MAX);
    }
    return r;
}

int main(int argc, char **argv)
{
    Memory memory = {.rows = g_array_new(FALSE, FALSE, sizeof(Kept))};
    int r;

    if (argc != 2) {
        fprintf(stderr, "usage: bench-floor ADDRESS\n");
        return 2;
    }
    g_array_set_clear_func(memory.rows, kept_clear);
    r = serve(argv[1], &memory);
    fprintf(stderr, "bench-floor: %s\n", strerror(-r));
    return 1;
}
