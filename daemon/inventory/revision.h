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
#include <systemd/sd-id128.h>

#define REVISION_TEXT SD_ID128_STRING_MAX /* the first 16 bytes of the digest in hexadecimal */

/* A revision as the inventory keeps it. */
typedef sd_id128_t RevisionMark;

/* Reads the key from directory/revision-key, or makes one there; directory NULL: in memory. A key
 * that an earlier version left in `earlier` is taken over. */
bool revision_load(const char *directory, const char *earlier, GError **error);
/* uri: of the host that has the document; NULL: a draft's, or one that is nowhere yet. */
void revision_of(const char *uri, const char *text, gsize length,
                 char ret_revision[static REVISION_TEXT]);
RevisionMark revision_mark(const char *revision);
bool revision_equal(const RevisionMark *a, const RevisionMark *b);
void revision_text(const RevisionMark *mark, char ret_revision[static REVISION_TEXT]);
