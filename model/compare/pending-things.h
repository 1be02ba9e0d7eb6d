/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the documents of a running domain are compared by: things, which are its devices, elements
 * of its metadata and, with kind "", the domain itself. For the files that compare them. */
#pragma once

#include <domwright/model.h>

/* A document as things. */
typedef struct {
    GHashTable *things; /* name -> DwDevice */
    GHashTable *counts; /* name before it was numbered -> things of it */
    GPtrArray *devices; /* owns them */
} Side;

enum { CONFIG, LIVE, FIRST_CONFIG, FIRST_LIVE, BEFORE, N_SIDES };

typedef struct {
    Side sides[N_SIDES];
    GPtrArray *names;         /* of all things, in the documents' order */
    GHashTable *seen;         /* the same as a set */
    const DwChanges *changes; /* of interest; NULL: everything */
} Things;

/* One thing on each side, or NULL. */
typedef struct {
    const DwDevice *on[N_SIDES];
} Thing;

/* documents: one a side; NULL: nothing is there. */
void things_read(Things *things, const DwDocument *const documents[N_SIDES],
                 const DwChanges *changes);
void things_clear(Things *things);
Thing things_get(const Things *things, guint number);

/* Where it is now, configuration first. */
const DwDevice *thing_device(const Thing *thing);
bool thing_is_metadata(const Thing *thing);
/* Whether the guest has something else now than it will have. */
bool thing_differs(const Thing *thing, const char *key);
/* One more, after that one; its number. */
guint things_add_name(Things *things, guint number);
/* The device of one name on a side has another one from now on. */
void things_rename(Things *things, int side, guint from, guint to);
/* The kind of elements of metadata, and the key of their text. */
#define METADATA         "metadata"
#define METADATA_CONTENT "content"

/* As it is meant, or NULL; device NULL: it is not there. */
const DwValue *thing_value(const DwDevice *device, const char *key);
const char *thing_text(const DwDevice *device, const char *key); /* "" where it is no text */
bool thing_states(const DwDevice *device, const char *prefix);
bool thing_is_medium(const DwDevice *device);
bool thing_is_address(const char *key);
