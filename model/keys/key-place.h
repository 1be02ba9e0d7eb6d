/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way back from a place in a document to the key that speaks for it. Reads only. */
#pragma once

#include "keys/lens.h"

/* Keeps of two keys the words they begin with in common. */
char *key_common_words(char *a, const char *b);
/* The key of an attribute of an element below node, or, with attribute "", of its text; NULL: no
 * row speaks for it. ret_secret: its values are secrets. */
char *key_at(const DwDocument *document, DwNode node, const DwGroup *group, DwNode element,
             const char *attribute, bool *ret_secret);
/* What the keys of all that is in an element below node begin with: "cpu.topology"; NULL: no row
 * speaks for anything there. */
char *key_within(const DwDocument *document, DwNode node, const DwGroup *group, DwNode element);
