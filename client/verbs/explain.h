/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that explain what can be set, and on which host. */
#pragma once

#include "verbs/verb.h"

int run_keys(const Verb *verb, char *words[], int count);
int run_choices(const Verb *verb, char *words[], int count);
int run_capabilities(const Verb *verb, char *words[], int count);
