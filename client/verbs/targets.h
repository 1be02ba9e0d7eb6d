/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a verb works on: the word after it names a domain (name, UUID or glob), a draft (id or
 * path), or a file (a word with a '/', or "-"). All are bus objects with the Config interface once
 * they are here.
 */
#pragma once

#include <stdbool.h>

#include "bus/values.h"
#include "text/files.h"

typedef enum {
    TARGET_DOMAIN = 1 << 0,
    TARGET_GLOB = 1 << 1, /* several domains by one word */
    TARGET_DRAFT = 1 << 2,
    TARGET_FILE = 1 << 3,
    TARGET_CONFIG = TARGET_DOMAIN | TARGET_GLOB | TARGET_DRAFT | TARGET_FILE,
    TARGET_ONE_CONFIG = TARGET_DOMAIN | TARGET_DRAFT | TARGET_FILE,
    TARGET_EDITED = 1 << 4, /* what is done to a file's draft goes back into the file */
    TARGET_ACTED = 1 << 5,  /* something is done to it; a glob has a summary */
} TargetFlags;

typedef struct {
    TargetFlags type; /* TARGET_DOMAIN, TARGET_DRAFT or TARGET_FILE */
    const char *name; /* for messages */
    const char *path;
    const File *file; /* of TARGET_FILE */
    bool one_of_many; /* the word was a glob */
    /* What is known of one of many of the columns that were asked for; NULL: they were not. */
    const Values *columns;
} Target;

/* Returns a status. */
typedef int (*TargetFunction)(const Target *target, void *data);

/* Calls function for each target of word and returns the gravest status; complains by itself about
 * words that name nothing. With --json, what function writes for a glob is put in one object by
 * name. */
int targets_each(const char *word, TargetFlags accepted, TargetFunction function, void *data);
/* The same; the list of a glob's domains is asked for these columns, if there are all of them, so
 * that function need not make a call for each domain. columns: with "name"; NULL: none. */
int targets_each_listed(const char *word, TargetFlags accepted, const Strings *columns,
                        TargetFunction function, void *data);

/* One draft or one domain by its word; NULL after a complaint. */
char *target_path(const char *word, TargetFlags accepted);
/* Prints an object path; the status is fine. */
int print_path(const char *path);
bool word_is_file(const char *word);
bool word_is_glob(const char *word);
/* Does it name several domains? A domain whose very name it is goes before those it matches, and
 * where several hosts have such a one it is no pattern either. Asks the daemon. */
bool word_is_pattern(const char *word);
/* A new draft of a document, without a host when that is NULL; NULL after a complaint. */
char *import_document(const char *subject, const char *text, const char *host);
/* Says what is wrong with a draft, but for the errors that file, unless NULL, had already; its
 * status is fine without others. */
int draft_check(const char *subject, const char *path, const File *file, bool says_warnings);
