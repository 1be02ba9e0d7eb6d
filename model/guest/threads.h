/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts about I/O threads that edits and rules share; all of them: dw_iothreads(). */
#pragma once

#include "keys/lens.h"

/* The numbers of those that are listed: a set of GUINT_TO_POINTER. */
GHashTable *threads_listed(const DwDocument *document);
