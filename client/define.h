/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of defining that several verbs share. All return a status. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* A reply (o domain, a{sv} result): reports the result and prints the domain's name, if anything.
 */
int report_defined(const char *subject, sd_bus_message *reply, bool print_name);
/* DefineXML on the host at this path, with --expect; nothing is printed but the result. */
int define_text(const char *subject, const char *host, const char *text, bool print_name);
/* Prints the path of a draft. */
int print_draft(const char *path);
