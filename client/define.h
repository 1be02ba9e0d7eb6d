/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of defining that several verbs share. All return a status. */
#pragma once

#include <systemd/sd-bus.h>

/* A reply (o domain, a{sv} result): reports the result and prints the domain's name. */
int report_defined(const char *subject, sd_bus_message *reply);
/* DefineXML on the host at this path, if the domain still has revision expect (NULL: any). */
int define_text(const char *subject, const char *host, const char *text, const char *expect);
/* Prints the path of a draft. */
int print_draft(const char *path);
