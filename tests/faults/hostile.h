/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What hostile.c and hostile-values.c share: one stream of random choices and what is known of the
 * service, and the making of arguments from both. The same seed and the same answers make the same
 * arguments.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-bus.h>

typedef struct {
    char *kind, *key, *type;
    char **values;
} Key;

typedef struct {
    GRand *random;
    GPtrArray *keys;  /* of Key: what DescribeKeys tells */
    GPtrArray *words; /* of char *: names, paths, members seen on the bus */
    GPtrArray *texts; /* of char *: documents that were answered */
} Maker;

Maker *maker_new(guint32 seed);
void maker_free(Maker *maker);
void maker_add_key(Maker *maker, const char *kind, const char *key, const char *type,
                   char **values);
void maker_add_word(Maker *maker, const char *word);
void maker_add_text(Maker *maker, const char *text);

/* From 0 to count - 1. */
unsigned maker_below(Maker *maker, unsigned count);
/* True once in so many times. */
bool maker_once_in(Maker *maker, unsigned times);
/* Any text that may stand in a message. */
char *maker_text(Maker *maker);
/* A signature of up to three types. */
char *maker_signature(Maker *maker);

/* Appends values of this signature; names tell what each is called in the interface, and may be
 * fewer. Negative: sd-bus would not have it. */
int maker_append(Maker *maker, sd_bus_message *message, const char *signature, char **names);
