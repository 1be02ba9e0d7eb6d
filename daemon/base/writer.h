/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Appending to a message with a sticky error: after the first failure nothing more is appended, and
 * whoever sends the message reads the error once. Sizes are counted on the way, as reading a
 * message again to measure it takes nearly as long as writing it. Used by wire, replies, signals
 * and polkit; one thread at a time.
 */
#pragma once

#include <stddef.h>
#include <systemd/sd-bus.h>

typedef struct {
    sd_bus_message *message; /* NULL: there was no memory for it, or sizes are all that is wanted */
    int error;               /* the first negative errno, or 0 */
    size_t size;             /* of all texts, and 8 for each value and container */
} Writer;

/* On a message that was just made with this result. */
Writer writer_on(sd_bus_message *message, int r);
/* On none: what would be appended is counted. */
Writer writer_counting(void);
/* A container: 'a' array, 'e' entry, 'r' struct, 'v' variant. */
void writer_open(Writer *writer, char type, const char *contents);
void writer_close(Writer *writer);
/* Values of basic types, and containers of them, as for sd_bus_message_append(). */
void writer_append(Writer *writer, const char *types, ...);
void writer_basic(Writer *writer, char type, const void *value);
/* as; NULL: none. */
void writer_strings(Writer *writer, char **strings);

/* An entry {sv}: around a value of the type that is appended between the two. */
void writer_open_entry(Writer *writer, const char *key, const char *type);
void writer_close_entry(Writer *writer);
/* A whole entry {sv} of strings. */
void writer_strings_entry(Writer *writer, const char *key, char **strings);
