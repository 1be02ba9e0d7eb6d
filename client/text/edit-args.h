/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of a change, and the edits they stand for:
 *     KEY=VALUE  KEY-                      a domain setting, set or unset
 *     KIND/ID/KEY=VALUE  KIND/ID/KEY-      a device's
 * An id may hold ':' and '/'; a backslash takes the next character of an id as it is.
 */
#pragma once

#include <stdbool.h>

#include "alloc.h"
#include "text/writer.h"

typedef struct {
    char *key;
    char *value;
    bool is_switch; /* sent as a boolean, "yes" or "no", not as a string */
} Assignment;

/* One of Config.Apply's: verb set, add, modify, remove, hyperv, preset, media or boot. */
typedef struct {
    const char *verb;
    char *kind;
    char *id;
    Assignment *values;
    size_t n_values;
    Strings unset;
    Strings devices; /* of boot: KIND/ID each */
} Edit;

typedef struct {
    Edit *items;
    size_t count;
} Edits;

/* Good until the next one. */
Edit *edits_add(Edits *edits, const char *verb, const char *kind, const char *id);
void edit_assign(Edit *edit, const char *key, const char *value);
void edits_clear(Edits *edits);
#define _cleanup_edits_ _cleanup_(edits_clear)

/* These complain and return false when a word is not what it should be. */
bool edits_add_change(Edits *edits, const char *word);
bool edit_add_property(Edit *edit, const char *word); /* KEY=VALUE */
bool edit_add_feature(Edit *edit, const char *word);  /* hyperv: NAME, NAME-, NAME=VALUE */
bool word_is_assignment(const char *word);            /* KEY=VALUE, of no device */
bool word_is_target(const char *word, size_t length); /* "vda", "sdb": what disks are called */
/* KIND/ID; the parts are the caller's. */
bool split_device(const char *word, char **ret_kind, char **ret_id);
/* KEY or KIND/ID/KEY; kind and id are "" for a domain setting. False without a complaint. */
bool split_place(const char *word, size_t length, char **ret_kind, char **ret_id, char **ret_key);

/* a(ss) of KIND/ID */
void append_devices(Writer *call, const Strings *devices);
/* a(sssa{sv}as) */
void append_edits(Writer *call, const Edits *edits);
/* Settings of the first edit, a(sa{sv}) of the others: what Build, Define and NewDraft take. */
void append_build(Writer *call, const Edits *edits);
