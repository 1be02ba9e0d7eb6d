/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two who are asked, our rules and a real libvirt, and where they disagree. One thread. */
#pragma once

#include <domwright/model.h>

/* What they are asked with. */
extern DwHost host;

/* False: there is no such libvirt here; standard error says why. */
bool judge_open(const char *root);
void judge_close(void);

/* Chooses a machine whose QEMU is installed, half of the time one of x86, and gives the settings
 * for it, keys and values in turn; what libvirt says of it is known to the host from now on.
 * first_machine: the first, of which x86 has all. */
const char *const *choose_machine(GRand *rand);
const char *const *first_machine(void);
/* The name of a machine of that architecture, whose QEMU may not be installed. */
const char *other_machine(GRand *rand, const char *arch);

/* Have the rules and the schema nothing against it? And what they have. */
bool is_clean(const DwDocument *document);
char *objections(const DwDocument *document);
/* Are all errors of the rules those that we stand by though libvirt defines such a domain? See
 * domwright-rules(7). */
bool is_deliberate(const DwDocument *document);
/* Does the schema take the change of one to the other? */
bool schema_takes(const DwDocument *before, const DwDocument *after);
char *schema_words(const DwDocument *document);
/* libvirt's reason to refuse, or NULL; what it makes of it, or NULL. */
char *ask_libvirt(const DwDocument *document);
DwDocument *store(const DwDocument *document);

typedef enum { AGREE, WE_REFUSE, LIBVIRT_REFUSES, LEFT } Verdict;

/* LEFT: libvirt refuses for what no document tells; see reasons.h. ret_words: the reason of who
 * refuses, or NULL. */
Verdict judge(const DwDocument *document, char **ret_words);

typedef struct {
    guint taken, refused;
} Counts;

extern Counts counts;
