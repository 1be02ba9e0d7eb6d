/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that make and remove definitions, and parts of defining that other verbs share. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "text/edit-args.h"
#include "verbs/verb.h"

int run_create(const Verb *verb, char *words[], int count);
int run_define(const Verb *verb, char *words[], int count);
int run_undefine(const Verb *verb, char *words[], int count);
int run_draft_new(const Verb *verb, char *words[], int count);

/* All return a status. A reply (o domain, a{sv} result): reports the result and prints the domain's
 * name, if anything. edits: what was asked for, settings first; NULL for a document. */
int report_defined(const char *subject, sd_bus_message *reply, const Edits *edits, bool print_name);
