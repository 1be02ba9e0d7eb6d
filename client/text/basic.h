/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Basic values of D-Bus messages as text. */
#pragma once

#include <stdio.h>

#include <systemd/sd-bus.h>

/* The value that is next, of this basic type: numbers with all their digits, "yes" or "no", strings
 * as they are. The caller's. */
int basic_read(sd_bus_message *message, char type, char **ret_text);
/* The JSON form of such a text. */
void basic_print_json(FILE *file, char type, const char *text);
