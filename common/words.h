/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that mean the same on the bus, in the configuration and on the command line. */
#pragma once

#include <stdbool.h>

/* 1 for yes, on, true; 0 for no, off, false; -1 for any other word. */
int truth_of_word(const char *word);
/* Is word one of those that blanks separate in words? */
bool words_have(const char *words, const char *word);
/* Is this the name of a host? It becomes a part of an object path: letters, digits and "_" only. */
bool host_name_is_valid(const char *name);
