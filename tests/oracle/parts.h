/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as keys and values, before it is a document; and values to try for a key. One thread. */
#pragma once

#include <domwright/model.h>

typedef struct {
    char *kind;               /* "" = the domain's settings */
    GPtrArray *keys, *values; /* of char * */
    guint fixed;              /* so many of the first stay: without them nothing is a domain */
} Part;

Part *part_new(const char *kind);
void part_free(void *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Part, part_free)
/* Only where the part has no such key; part_replace: also where it has. */
void part_set(Part *part, const char *key, const char *value);
void part_replace(Part *part, const char *key, const char *value);
void part_remove(Part *part, guint index);
Part *part_copy(const Part *part);
DwSettings *part_settings(const Part *part);

/* A number from 0 on. */
guint below(GRand *rand, guint n);
/* "source.host.N.name" -> "source.host.1.name" */
char *key_instance(const DwKey *key);
/* Some value of the key's form; and all that are worth a try: each word, both sides of a range. */
char *make_value(GRand *rand, const DwKey *key);
char **make_values(const DwKey *key);

/* The document of parts, of which the first is the domain's; NULL: a value is refused. */
DwDocument *parts_build(const GPtrArray *parts, const DwHost *host);
