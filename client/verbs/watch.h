/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of domains. */
#pragma once

#include "verbs/verb.h"

int run_watch(const Verb *verb, char *words[], int count);
