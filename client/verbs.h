/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of verbs: parsing, --help, the manual's check and completion all read it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    VERB_CHANGES = 1 << 0,  /* polkit may ask */
    VERB_COMPARES = 1 << 1, /* exit status as diff(1): 1 is an answer, 2 is trouble */
    VERB_LONG = 1 << 2,     /* its answer may need a pager */
    VERB_HIDDEN = 1 << 3,   /* not for people */
} VerbFlags;

/*
 * words: what each argument is, for completion; the last letter stands for all that follow.
 *   d domain  t domain, draft or file  r draft  f file  n a new name (nothing to complete)
 *   a change  k kind  i id of that kind  D KIND/ID  p property of that kind  g key to get
 *   b a property or the kind of a next device  h Hyper-V feature  P preset  o on or off
 *   c place of a key with choices  s shown prefix  K kind or prefix of keys  C capability filter
 */
typedef struct Verb Verb;

struct Verb {
    const char *name; /* two words for those of "draft" */
    const char *arguments;
    int min, max; /* how many; -1: any number */
    unsigned options;
    VerbFlags flags;
    const char *words;
    int (*run)(const Verb *verb, char *words[], int count); /* returns a status */
    const char *summary;
    const char *details; /* NULL: the summary says it all */
};

extern const Verb verbs[];
extern const size_t n_verbs;

/* The verb at the front of words, of one or two of them; NULL after a complaint. */
const Verb *verb_find(char *words[], int count, int *ret_used);
/* Complains about too few or too many words: false. */
bool verb_takes(const Verb *verb, int count);
void help_all(void);
void help_verb(const Verb *verb);

/* verb-list.c */
int run_list(const Verb *verb, char *words[], int count);
int run_hosts(const Verb *verb, char *words[], int count);
int run_path(const Verb *verb, char *words[], int count);
/* verb-show.c */
int run_show(const Verb *verb, char *words[], int count);
int run_get(const Verb *verb, char *words[], int count);
/* verb-change.c */
int run_set(const Verb *verb, char *words[], int count);
int run_add(const Verb *verb, char *words[], int count);
int run_remove(const Verb *verb, char *words[], int count);
int run_hyperv(const Verb *verb, char *words[], int count);
int run_preset(const Verb *verb, char *words[], int count);
int run_boot(const Verb *verb, char *words[], int count);
/* verb-define.c */
int run_create(const Verb *verb, char *words[], int count);
int run_define(const Verb *verb, char *words[], int count);
int run_undefine(const Verb *verb, char *words[], int count);
/* verb-document.c */
int run_xml(const Verb *verb, char *words[], int count);
int run_diff(const Verb *verb, char *words[], int count);
int run_validate(const Verb *verb, char *words[], int count);
/* verb-edit.c */
int run_edit(const Verb *verb, char *words[], int count);
/* verb-control.c */
int run_control(const Verb *verb, char *words[], int count);
int run_autostart(const Verb *verb, char *words[], int count);
/* verb-draft.c */
int run_draft_list(const Verb *verb, char *words[], int count);
int run_draft_new(const Verb *verb, char *words[], int count);
int run_draft_open(const Verb *verb, char *words[], int count);
int run_draft_show(const Verb *verb, char *words[], int count);
int run_draft_diff(const Verb *verb, char *words[], int count);
int run_draft_commit(const Verb *verb, char *words[], int count);
int run_draft_discard(const Verb *verb, char *words[], int count);
/* verb-explain.c */
int run_keys(const Verb *verb, char *words[], int count);
int run_choices(const Verb *verb, char *words[], int count);
int run_capabilities(const Verb *verb, char *words[], int count);
/* verb-watch.c */
int run_watch(const Verb *verb, char *words[], int count);
/* complete.c */
int run_complete(const Verb *verb, char *words[], int count);
