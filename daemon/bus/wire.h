/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The model's values in D-Bus messages. Reading reports a GError (INVALID_VALUE for types no key
 * can have and for keys given twice); writing returns a negative errno as sd-bus does.
 */
#pragma once

#include <domwright/model.h>
#include <systemd/sd-bus.h>

#include "base/writer.h"

/* The next argument, a{sv}. */
bool wire_read_settings(sd_bus_message *message, DwSettings **ret, GError **error);
/* a(sa{sv}): array of DwDevice without ids. */
bool wire_read_devices(sd_bus_message *message, GPtrArray **ret, GError **error);
/* a(sssa{sv}as): array of DwEdit. */
bool wire_read_edits(sd_bus_message *message, GPtrArray **ret, GError **error);
/* a(ss), kind and id: array of KIND/ID. */
bool wire_read_device_names(sd_bus_message *message, char ***ret, GError **error);
/* a{ss}: all values are strings. */
bool wire_read_texts(sd_bus_message *message, DwSettings **ret, GError **error);
/* Entries of one dictionary or list of texts, and devices or edits of one call; more are
 * LIMIT_EXCEEDED. An edit costs more the more there are before it (tests/unit/test-budget.c). */
#define WIRE_MAX_ENTRIES 4096
#define WIRE_MAX_EDITS   1024

/* 0 when all texts and values of a message together are this long at most; -EMSGSIZE when they are
 * longer, or the error of reading it. */
int wire_measure(sd_bus_message *message, gsize limit, gsize *ret_size);
/* The size of an answer or a signal at most, as a writer counts it: the bus ends the connection of
 * whoever sends more than 32 MiB. */
#define WIRE_MAX_MESSAGE (16 << 20)

bool wire_read_string(sd_bus_message *message, const char **ret, GError **error);
bool wire_read_strings(sd_bus_message *message, char ***ret, GError **error);
/* The next argument, one variant. Of key "devices" also a(ss), which comes as KIND/ID texts. */
bool wire_read_variant(sd_bus_message *message, const char *key, DwValue *ret, GError **error);

void wire_append_variant(Writer *writer, const DwValue *value);
/* Entries {sv}, and a{sv}. NULL: none. */
void wire_append_entries(Writer *writer, const DwSettings *settings);
void wire_append_settings(Writer *writer, const DwSettings *settings);
void wire_append_devices(Writer *writer, const GPtrArray *devices);   /* a(ssa{sv}) */
void wire_append_problems(Writer *writer, const GPtrArray *problems); /* aa{sv} */
/* aa{sv}; names: key and kind alone. */
void wire_append_keys(Writer *writer, const GPtrArray *keys, bool names);
void wire_append_guests(Writer *writer, const GPtrArray *guests); /* aa{sv} */
