/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers as flat lists of names and texts, for people. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <systemd/sd-bus.h>

#include "alloc.h"

typedef struct {
    char *name;
    char *text; /* for people: "yes", "hd,cdrom" */
    char *json;
    char type; /* D-Bus letter; 'a' for a list of strings */
} Value;

typedef struct {
    Value *items;
    size_t count;
} Values;

/* The dictionary that is next, in its order. What is nested gets dotted names: "guests.1.arch". */
int values_read(sd_bus_message *message, Values *values);
const char *values_get(const Values *values, const char *name);      /* text, or NULL */
void values_add(Values *values, const char *name, const char *text); /* a string */
/* A copy under another name, at the end. */
void values_add_copy(Values *values, const char *name, const Value *value);
void values_clear(Values *values);
#define _cleanup_values_ _cleanup_(values_clear)

typedef struct {
    char *kind;
    char *id;
    Values properties;
} Device;

typedef struct {
    Device *items;
    size_t count;
} Devices;

/* a(ssa{sv}) */
int devices_read(sd_bus_message *message, Devices *devices);
void devices_clear(Devices *devices);
#define _cleanup_devices_ _cleanup_(devices_clear)

/* A list of dictionaries. */
typedef struct {
    Values *items;
    size_t count;
} Rows;

int rows_read(sd_bus_message *message, Rows *rows); /* aa{sv} */
void rows_clear(Rows *rows);
#define _cleanup_rows_ _cleanup_(rows_clear)
