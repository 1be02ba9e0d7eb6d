/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that read settings. */
#pragma once

#include "verbs/verb.h"

int run_show(const Verb *verb, char *words[], int count);
int run_get(const Verb *verb, char *words[], int count);
int run_draft_show(const Verb *verb, char *words[], int count);
