/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that run a domain. */
#pragma once

#include "verbs/verb.h"

int run_start(const Verb *verb, char *words[], int count);
int run_restart(const Verb *verb, char *words[], int count);
int run_control(const Verb *verb, char *words[], int count);
int run_autostart(const Verb *verb, char *words[], int count);
