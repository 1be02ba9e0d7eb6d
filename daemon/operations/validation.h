/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last checks before a document goes to libvirt: libvirt's own schema, which is loaded when
 * first needed and dropped after a while without use, and the model's rules. Used by operations on
 * workers, by the service for the life of the schema. Thread-safe.
 */
#pragma once

#include <domwright/model.h>

/* Documents up to this size are worked on right on the main thread for those who are trusted; it
 * may wait for another of that size. */
#define SMALL_DOCUMENT (16 * 1024)

void validation_init(const char *schema_directory);
/* Drops the schema when nobody asked since the last call. */
void validation_idle(void);
void validation_free(void);

/* Puts the words of the schema into what is known of a host whose libvirt it is authoritative for.
 * They are good until validation_free. */
void validation_fill(DwHost *host);
/*
 * Adds to problems what the schema finds in `after`. A problem that it finds in `before`, too
 * (NULL: there was nothing before), is downgraded to a warning; so are all when the host's libvirt
 * is of another release than the schema. True: the schema is authoritative for that libvirt, which
 * need not validate the document again.
 */
bool validation_schema(const DwDocument *before, const DwDocument *after, uint64_t host_libvirt,
                       GPtrArray *problems);
/* The same for the model's rules; those that `before` breaks as well become warnings. */
void validation_rules(const DwDocument *before, const DwDocument *after, const DwHost *host,
                      GPtrArray *problems);
/* Adds a warning that is about no key. */
void validation_warn(GPtrArray *problems, const char *rule, const char *message);
/* Dry, a failure is an error among the problems: takes it and returns true. Else it is the error.
 */
bool validation_refuse(GPtrArray *problems, bool dry_run, const char *rule, GError *fault,
                       GError **error);
/* A domain keeps its name and UUID; dry, as validation_refuse(). */
bool validation_identity(const DwDocument *before, const DwDocument *after, GPtrArray *problems,
                         bool dry_run, GError **error);
/* INVALID with every error among problems in the message; true when there is none. */
bool validation_check(const GPtrArray *problems, GError **error);
