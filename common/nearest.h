/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nearest of the words that are possible, for "did you mean". */
#pragma once

#include <stddef.h>

/* Edit distance; the transposition of two neighbours counts as one edit. */
size_t word_distance(const char *a, const char *b);
/* The candidate nearest to word, or NULL when none is near enough to be a misspelling of it.
 * candidates ends with NULL. */
const char *nearest_word(const char *word, const char *const *candidates);
