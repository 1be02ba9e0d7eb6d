/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the settings only the machine had that a guest was of. */
#pragma once

#include "edit/write/edit.h"

typedef struct {
    char *arch, *machine;
} DwOldMachine;

/* Before an edit of the domain's settings: which machine there is. */
DwOldMachine foreign_before(const DwEditContext *context);
void foreign_clear(DwOldMachine *before);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DwOldMachine, foreign_clear)
/* After it: what the new machine cannot have and values do not ask for goes, each told. Nodes are
 * stale afterwards. */
bool foreign_drop(DwEditContext *context, const DwOldMachine *before, const DwSettings *values,
                  GError **error);
