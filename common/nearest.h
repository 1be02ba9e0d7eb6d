/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nearest of the words that are possible, for "did you mean". */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Edit distance; the transposition of two neighbours counts as one edit. */
size_t word_distance(const char *a, const char *b);
/* The candidate that word is the beginning of, where only one is; else the nearest, or NULL when
 * none is near enough to be a misspelling of it.
 * candidates ends with NULL. */
const char *nearest_word(const char *word, const char *const *candidates);

#define MOST_LIKELY 3

/* The keys, dotted words, that one may have meant by a word that is none of candidates (ends with
 * NULL): at most MOST_LIKELY of those that fit best; *ret_more when there were others. */
size_t likely_keys(const char *word, const char *const *candidates,
                   const char *ret_keys[MOST_LIKELY], bool *ret_more);
/* 'did you mean "a", "b" or "c"?' */
void write_guess(char *text, size_t size, const char *const *keys, size_t count, bool more);
