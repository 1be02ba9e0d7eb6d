/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The running side of an edit; for edit.c. On workers. */
#pragma once

#include "operations/edits/edit-operation.h"

/* Does the running side get devices whose names the configuration gives first? */
bool edit_live_adds(const EditOperation *edit);
/* Reads the running document into the plan, unless that has it. */
bool edit_live_read(EditOperation *edit, Virt *virt, GError **error);
/* Plans the steps that change the running domain; what has none becomes a problem, or waits. */
bool edit_live_plan(EditOperation *edit, EditMake *make, Virt *virt, const DwHost *host,
                    GError **error);
/* The plan changes the running domain. */
bool edit_live_changes(const ChangeOperation *change);
/* The plan gives it one value: nothing else that it has matters, and all of it is kept as given. */
bool edit_live_is_plain(const EditOperation *edit);
/* Changes the running domain, after the configuration; ours: what that is now, or NULL when it was
 * not changed. On failure all is as it was, as far as it can be, and the error tells. ret_restored
 * (may be NULL): the configuration is what it was. */
bool edit_live_act(EditOperation *edit, Virt *virt, const char *ours, bool *ret_restored,
                   GError **error);
/* After edit->asked: every guest that was asked has answered. Any thread. */
bool edit_live_answered(const EditOperation *edit);
/* The same, or it is waited for no longer. ret_restored: the configuration was refused and is what
 * it was. */
bool edit_live_finish(EditOperation *edit, Virt *virt, bool *ret_restored, GError **error);
