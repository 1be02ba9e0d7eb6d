/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, printed from the tables of verbs and options. */
#pragma once

#include "verbs/verb.h"

void help_all(void);
void help_verb(const Verb *verb);
/* Of a word that begins several verbs, such as draft; false for another. */
bool help_pairs(const char *word);
int run_help(const Verb *verb, char *words[], int count);
