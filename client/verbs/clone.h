/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs clone and rename. */
#pragma once

#include "verbs/verb.h"

int run_clone(const Verb *verb, char *words[], int count);
int run_rename(const Verb *verb, char *words[], int count);
