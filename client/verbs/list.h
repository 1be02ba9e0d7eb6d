/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that list what there is: domains, hosts, and the path of an object. */
#pragma once

#include "verbs/verb.h"

int run_list(const Verb *verb, char *words[], int count);
int run_hosts(const Verb *verb, char *words[], int count);
int run_path(const Verb *verb, char *words[], int count);
