/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that change a configuration. */
#pragma once

#include "verbs/verb.h"

int run_set(const Verb *verb, char *words[], int count);
int run_add(const Verb *verb, char *words[], int count);
int run_remove(const Verb *verb, char *words[], int count);
int run_hyperv(const Verb *verb, char *words[], int count);
int run_preset(const Verb *verb, char *words[], int count);
int run_eject(const Verb *verb, char *words[], int count);
int run_insert(const Verb *verb, char *words[], int count);
int run_boot(const Verb *verb, char *words[], int count);
