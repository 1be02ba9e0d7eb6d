/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client of the bus for measurements: what fails ends the program with its reason, so that no
 * failed call is ever timed. Knows the paths of domwright's host `local`.
 */
#pragma once

#include <domwright/names.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#define HOST_PATH  DOMWRIGHT_HOST_PREFIX "local"
#define PROPERTIES "org.freedesktop.DBus.Properties"

__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

sd_bus *caller_open(const char *address);
/* The answer, which the caller of this unrefs. The arguments are sd_bus_message_append()'s. */
sd_bus_message *call(sd_bus *bus, const char *name, const char *path, const char *interface,
                     const char *method, const char *types, ...);
/* The same, the answer received and dropped. */
void call_only(sd_bus *bus, const char *name, const char *path, const char *interface,
               const char *method, const char *types, ...);
/* The path an answer is; takes the answer. Freed with g_free(). */
char *reply_path(sd_bus_message *reply);
void ping(sd_bus *bus, const char *name, const char *path);
/* fork(), but the child does not outlive this program. */
pid_t fork_client(void);

typedef struct {
    char *path, *name, *uuid;
} Row;

typedef struct {
    Row *rows;
    uint32_t count;
} Rows;

/* The host's domains, those whose name starts with prefix. */
Rows rows_read(sd_bus *bus, const char *prefix);
