/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A verb of the command line, the table of all of them (verbs.c), and looking one up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    VERB_CHANGES = 1 << 0,  /* polkit may ask */
    VERB_COMPARES = 1 << 1, /* exit status as diff(1): 1 is an answer, 2 is trouble */
    VERB_LONG = 1 << 2,     /* its answer may need a pager */
    VERB_HIDDEN = 1 << 3,   /* not for people */
    VERB_DESTROYS = 1 << 4, /* never suggested for another word */
    VERB_DRAFTS = 1 << 5,   /* takes a draft in place of a domain */
} VerbFlags;

typedef struct Verb Verb;
typedef struct Line Line; /* an unfinished command line (offers.h) */

/* Prints what the unfinished word may become. */
typedef void OfferFunction(const Line *line);

struct Verb {
    const char *name; /* two words for those of "draft" */
    const char *arguments;
    int min, max; /* how many; -1: any number */
    unsigned options;
    VerbFlags flags;
    OfferFunction *offers[3]; /* for each argument; the last stands for all that follow */
    int (*run)(const Verb *verb, char *words[], int count); /* returns a status */
    const char *summary;
    const char *details; /* NULL: the summary says it all */
    const char *heading; /* NULL: that of the verb before */
};

extern const Verb verbs[];
extern const size_t n_verbs;

/* The verb at the front of words, of one or two of them; NULL after a complaint. */
const Verb *verb_find(char *words[], int count, int *ret_used);
/* Complains about too few or too many words: false. */
bool verb_takes(const Verb *verb, int count);
