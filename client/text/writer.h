/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Appending to a message with a sticky error: after the first failure nothing more is appended, and
 * whoever sends the message reads the error once.
 */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

typedef struct {
    sd_bus_message *message;
    int error; /* the first negative errno, or 0 */
} Writer;

/* A container: 'a' array, 'e' entry, 'r' struct, 'v' variant. */
void writer_open(Writer *writer, char type, const char *contents);
void writer_close(Writer *writer);
/* Values as for sd_bus_message_append(). */
void writer_append(Writer *writer, const char *types, ...);
void writer_strings(Writer *writer, char **strings); /* as */
/* Entries {sv} of options: nothing for NULL and for false. */
void writer_option(Writer *writer, const char *name, const char *value);
void writer_flag(Writer *writer, const char *name, bool value);
