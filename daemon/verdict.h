/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last checks before a document goes to libvirt: the size, and libvirt's own schema, which is
 * loaded when first needed and dropped after a while without use. Thread-safe.
 */
#pragma once

#include <domwright/model.h>

void verdict_init(const char *schema_directory);
/* Drops the schema when nobody asked since the last call. */
void verdict_idle(void);
void verdict_free(void);

/*
 * Adds to problems what the schema finds in `after` and did not find in `before` (NULL: there was
 * nothing before) as errors, the rest as warnings; all are warnings when the host's libvirt is not
 * of the schema's version. True: the schema speaks for that libvirt, what it found is the last
 * word.
 */
bool verdict_schema(const DwDocument *before, const DwDocument *after, uint64_t host_libvirt,
                    GPtrArray *problems);
/* The same for the model's rules; those broken before as well become warnings. */
void verdict_rules(const DwDocument *before, const DwDocument *after, const DwHost *host,
                   GPtrArray *problems);
/* Adds a warning that is about no key. */
void verdict_warn(GPtrArray *problems, const char *rule, const char *message);
/* INVALID with every error among problems in the message; true when there is none. */
bool verdict_check(const GPtrArray *problems, GError **error);
