/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits that cannot all be made in a running domain, taken apart. Used by edit-live.c; workers. */
#pragma once

#include <domwright/model.h>

/* Can these edits (of DwEdit) be made there together? */
typedef bool EditFits(GPtrArray *edits, void *data);

/* Those parts of the edits that can be made together, in their order: whole edits, or those of
 * their keys that can be changed in running domains, or settings of the domain one by one. NULL:
 * none, or they cannot be taken apart. names gets what is left out, as `waiting` names it. ids: of
 * the edits' devices, or NULL. */
GPtrArray *edit_split_fitting(const GPtrArray *edits, char **ids, EditFits *fits, void *data,
                              GPtrArray *names);
/* Adds what the edits set, unset, add and remove to names. */
void edit_split_add_names(const GPtrArray *edits, char **ids, GPtrArray *names);
