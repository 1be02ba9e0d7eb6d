/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Warnings about what a document names and its host has not. Used by operations on workers. */
#pragma once

#include "libvirt/connection.h"

/* Asks about what `after` names and `before` (NULL: nothing) does not. Not for drafts: who may not
 * read a host is not to learn what it has. */
void references_check(Virt *virt, const DwDocument *before, const DwDocument *after,
                      GPtrArray *problems);
