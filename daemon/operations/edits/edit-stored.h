/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a configuration that was edited. Run by workers, for small drafts by the main
 * thread. */
#pragma once

#include "operations/edits/edit-operation.h"
#include "operations/history-entry.h"

/* Its caller may not see the secrets, and does not learn either that a guess was right. */
bool edit_is_veiled(const EditOperation *edit);

void edit_note_differences(EditOperation *edit, const DwDocument *before, const DwDocument *after);

/* Of a dry run: what it would be applied to, and whether it would be in force, as far as its plan
 * tells; libvirt may store something else. */
void edit_foresee(EditOperation *edit, Virt *virt);

/* text: what libvirt made of the document, which mostly is what it was given. Takes it. */
void edit_take_stored(EditOperation *edit, Virt *virt, char *text, HistoryEntry *entry);
