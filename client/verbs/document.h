/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs about whole documents, and the text of a target's document. */
#pragma once

#include "verbs/targets.h"
#include "verbs/verb.h"

int run_xml(const Verb *verb, char *words[], int count);
int run_diff(const Verb *verb, char *words[], int count);
int run_draft_diff(const Verb *verb, char *words[], int count);
int run_validate(const Verb *verb, char *words[], int count);

/* Complains; with secrets when --secrets was given. Returns a status. */
int get_xml(const Target *target, char **ret_text);
