/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion of a command line, for the shell. */
#pragma once

#include "verbs/verb.h"

int run_complete(const Verb *verb, char *words[], int count);
