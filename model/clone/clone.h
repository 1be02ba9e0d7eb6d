/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of cloning share: the edits that make the clone, and the rows about it. */
#pragma once

#include <domwright/model.h>

typedef struct {
    const DwCloneOptions *options;
    const char *source; /* the domain's name */
    char *name;         /* the clone's */
    DwSettings *settings;
    GPtrArray *devices; /* of DwDevice, the source's */
    GPtrArray *rows;    /* of DwProblem */
    GPtrArray *edits;   /* of DwEdit */
    GPtrArray *removed; /* of DwEdit: what goes, from the last to the first */
    GHashTable *macs;   /* those that have been given: a set */
} Clone;

/* A device of the source as it is being cloned: its place among those of its kind, from 1. */
typedef struct {
    Clone *clone;
    DwDevice *device;
    unsigned position;
    DwSettings *values; /* what it gets */
    GPtrArray *unset;   /* of const char *: what it loses */
} CloneDevice;

/* The text under a key, or NULL. */
char *clone_text(const DwSettings *settings, const char *key);
bool clone_says(const DwSettings *settings, const char *key, const char *value);
/* What storage a disk, or with prefix "os.nvram." the firmware, has: the key that names it and the
 * name; false when it has none. */
bool clone_storage(const DwSettings *settings, const char *prefix, const char **ret_key,
                   char **ret_value);

/* An open question: what still stands under the key, and how it can be answered. */
void clone_ask(const Clone *clone, const char *rule, const DwDevice *device, const char *key,
               const char *value, const char *const *allowed, const char *message);
void clone_warn(const Clone *clone, const char *rule, const DwDevice *device, const char *key,
                const char *value, const char *message);

/* Is a disk with these properties one to ask about? Then what its storage is. */
bool clone_disk_asks(const DwSettings *properties, const char **ret_key, char **ret_value);
/* What the caller said of this disk, or NULL. */
const char *clone_answer(const Clone *clone, const DwDevice *disk);
/* One disk: what its answer says, or a question. INVALID_VALUE. */
bool clone_disk(CloneDevice *at, GError **error);
/* Whatever of a device, or (device NULL) of the domain, both would use. */
void clone_find_shared(CloneDevice *at);
