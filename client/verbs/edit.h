/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document in an editor. */
#pragma once

#include "verbs/verb.h"

int run_edit(const Verb *verb, char *words[], int count);
