/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a device of some type cannot do without, for the programs of this folder. */
#pragma once

#include <domwright/model.h>

#define UUID "11111111-2222-3333-4444-555555555555"

/* Is word one of words, which blanks separate? */
bool has_word(const char *words, const char *word);
/* Puts a value, but not over one that is there. */
void put_text(DwSettings *settings, const char *key, const char *value);
/* What a device of the kind whose key has that word is, at least. */
DwSettings *least(const char *kind, const char *key, const char *word);
