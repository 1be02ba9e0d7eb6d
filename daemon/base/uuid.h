/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * UUIDs of domains as 16 bytes, on top of sd-id128. Used as keys of hash tables and in object
 * paths; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-id128.h>

#define UUID_TEXT 37 /* with its NUL */

typedef sd_id128_t Uuid;

/* The form with four dashes, or with four underscores as in object paths. */
bool uuid_parse(const char *text, Uuid *ret);
/* With dashes, in lower case. */
void uuid_format(const Uuid *uuid, char ret_text[static UUID_TEXT]);
/* For GHashTable. */
guint uuid_hash(const void *uuid);
gboolean uuid_equal(const void *a, const void *b);
