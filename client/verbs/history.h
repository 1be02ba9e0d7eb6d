/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs about earlier definitions of a domain, and about domains that are gone. */
#pragma once

#include "verbs/verb.h"

int run_history(const Verb *verb, char *words[], int count);
int run_restore(const Verb *verb, char *words[], int count);
int run_recover(const Verb *verb, char *words[], int count);
