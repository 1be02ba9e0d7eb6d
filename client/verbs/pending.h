/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verb pending; see verbs.c. */
#pragma once

#include "verbs/verb.h"

int run_pending(const Verb *verb, char *words[], int count);
