/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The format of drafts on disk: one file a draft, named by its id, with lines of name and value, an
 * empty line, the document of its base, if it has one, and its own. Used by drafts.c. Documents may
 * hold secrets, so the directory is private to the daemon and what is read or written is wiped from
 * memory.
 */
#pragma once

#include "drafts/draft.h"

/* Replaces the file whole. */
bool draft_file_write(const char *directory, const Draft *draft, GError **error);
/* NULL: there is no such file, or it is not a complete one. */
Draft *draft_file_read(const char *directory, const char *id);
void draft_file_remove(const char *directory, const char *id);
