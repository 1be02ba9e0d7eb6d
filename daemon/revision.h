/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Revisions of documents: a keyed digest, so that nobody who sees one can test guesses of what the
 * document holds. The key is the daemon's own. After revision_load all functions are thread-safe.
 *
 * A document that a caller makes up never has the revision of a domain with the same text, nor has
 * that a domain of another host: or a draft, or a definition elsewhere, with a guess of a password
 * in it would tell whether that is the domain's.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define REVISION_BYTES 16 /* the first of the digest */
#define REVISION_TEXT  (2 * REVISION_BYTES + 1)

/* A revision as the inventory keeps it. */
typedef struct {
    uint8_t bytes[REVISION_BYTES];
} RevisionMark;

/* Reads the key from directory/revision-key, or makes one there; directory NULL: in memory. */
bool revision_load(const char *directory, GError **error);
/* uri: of the host that has the document; NULL: a draft's, or one that is nowhere yet. */
void revision_of(const char *uri, const char *text, gsize length,
                 char ret_revision[static REVISION_TEXT]);
RevisionMark revision_mark(const char *revision);
void revision_text(const RevisionMark *mark, char ret_revision[static REVISION_TEXT]);
