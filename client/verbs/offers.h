/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the arguments of verbs may become, for completion. Each candidate is a line on standard
 * output; the line "=files" stands for the names of files. */
#pragma once

#include "verbs/verb.h"

struct Line {
    const char *word; /* unfinished */
    char **words;     /* after the verb, before the unfinished one */
    int count;
    const char
        *before; /* what stands before the word, and before what it may become; NULL: nothing */
};

/* Prints the candidate if the unfinished word may become it. */
void offer(const Line *line, const char *candidate);

/* A new name: no candidates. */
void offer_nothing(const Line *line);
/* Verbs, for help. */
void offer_verbs(const Line *line);
void offer_hosts(const Line *line);
void offer_columns(const Line *line);
void offer_order_of(const Line *line); /* devices with commas between them */
void offer_domains(const Line *line);
void offer_drafts(const Line *line);
void offer_files(const Line *line);
void offer_targets(const Line *line); /* domains, drafts, files */
void offer_present(const Line *line); /* settings and devices' properties that are set */
void offer_changes(const Line *line);
void offer_kinds(const Line *line);
void offer_added(const Line *line);          /* properties of the kind before */
void offer_removable(const Line *line);      /* KIND/ID, or a kind whose ids follow */
void offer_more_removable(const Line *line); /* KIND/ID, or ids of the kind before */
void offer_drives(const Line *line);         /* targets of cdrom and floppy drives */
void offer_build(const Line *line);          /* settings, kinds and their properties */
void offer_revisions(const Line *line);      /* earlier ones of the domain before */
void offer_features(const Line *line);       /* of Hyper-V */
void offer_presets(const Line *line);
void offer_switch(const Line *line);  /* on, off */
void offer_place(const Line *line);   /* a kind, and keys */
void offer_filters(const Line *line); /* of capabilities */
void offer_context(const Line *line); /* a key, and what choices depend on */
void offer_answers(const Line *line); /* TARGET=ANSWER of a clone, or a change */
void offer_gone(const Line *line);    /* domains that can be recovered */
