/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which machine an edit is judged by: the one that it leaves, as it is that one's capabilities
 * which say what of the document can be. For edit.c; on workers, for small drafts on the main
 * thread.
 */
#pragma once

#include "operations/edits/edit-operation.h"

/* What the host can do for what the edits make of a document. flags: those of dw_apply(). */
void edit_machine_view(const EditOperation *edit, Virt *virt, const DwDocument *before,
                       DwApplyFlags flags, HostView *ret_view);
