/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways to ask: each prints where the rules and libvirt disagree, and returns how often. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* random.c: domains and edits, made at random. */
guint random_run(guint seed, guint count);
/* sweep.c: single settings in small domains, or spellings of them; one in `share` of them. kind: of
 * that kind only, or NULL. */
guint sweep_run(guint seed, guint share, const char *kind, bool spellings);
/* documents.c: every document of a folder. */
guint documents_run(const char *folder);
