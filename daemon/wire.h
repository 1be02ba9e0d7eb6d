/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The model's values in D-Bus messages. Reading reports a GError (INVALID_VALUE for types no key
 * can have and for keys given twice); writing returns a negative errno as sd-bus does.
 */
#pragma once

#include <domwright/model.h>
#include <systemd/sd-bus.h>

/* The next argument, a{sv}. */
bool wire_read_settings(sd_bus_message *message, DwSettings **ret, GError **error);
/* a(sa{sv}): array of DwDevice without ids. */
bool wire_read_devices(sd_bus_message *message, GPtrArray **ret, GError **error);
/* a(sssa{sv}as): array of DwEdit. */
bool wire_read_edits(sd_bus_message *message, GPtrArray **ret, GError **error);
/* a(ss): flat array kind, id, kind, id, …, NULL. */
bool wire_read_pairs(sd_bus_message *message, char ***ret, GError **error);
/* Entries of one dictionary or list; more are LIMIT_EXCEEDED. */
#define WIRE_MAX_ENTRIES 4096

/* Whether all texts and values of a message together are this long at most. */
bool wire_is_within(sd_bus_message *message, gsize limit);

bool wire_read_string(sd_bus_message *message, const char **ret, GError **error);
bool wire_read_strings(sd_bus_message *message, char ***ret, GError **error);
/* The next argument, one variant. */
bool wire_read_variant(sd_bus_message *message, const char *key, DwValue *ret, GError **error);

/* The text with what a message cannot hold replaced: what is not UTF-8, noncharacters. */
char *wire_text(const char *text);

int wire_append_variant(sd_bus_message *message, const DwValue *value);
int wire_append_settings(sd_bus_message *message, const DwSettings *settings);
int wire_append_devices(sd_bus_message *message, const GPtrArray *devices); /* a(ssa{sv}) */
int wire_append_problems(sd_bus_message *message, const GPtrArray *problems);
int wire_append_keys(sd_bus_message *message, const GPtrArray *keys);
int wire_append_guests(sd_bus_message *message, const GPtrArray *guests);
/* One entry of a{sv} whose value is basic or "as". */
int wire_append_entry(sd_bus_message *message, const char *key, const char *type, ...);
int wire_append_entry_strv(sd_bus_message *message, const char *key, char **strings);
