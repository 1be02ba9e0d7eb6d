/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes with processors and I/O threads. */
#pragma once

#include "edit/defaults/defaults.h"

/* Before an edit that adds or takes away I/O threads by their own keys: lists those that are there,
 * because one that is only counted would have another number. */
bool counts_list_threads(DwEditContext *context, GError **error);
bool defaults_for_counts(const DwDefaults *defaults, GError **error);
