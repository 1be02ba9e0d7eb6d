/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs about drafts as such. */
#pragma once

#include "verbs/verb.h"

int run_draft_list(const Verb *verb, char *words[], int count);
int run_draft_open(const Verb *verb, char *words[], int count);
int run_draft_rebase(const Verb *verb, char *words[], int count);
int run_draft_commit(const Verb *verb, char *words[], int count);
int run_draft_discard(const Verb *verb, char *words[], int count);
