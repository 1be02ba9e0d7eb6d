/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt stored, beside what it was given. On workers. */
#pragma once

#include "operations/plan.h"

/* Adds to problems what libvirt has otherwise than document->after. edits: array of DwEdit whose
 * ids change->result has, or NULL. */
void stored_find(const ChangeOperation *change, const DocumentChange *document,
                 const DwDocument *stored, const GPtrArray *edits, GPtrArray *problems);
/* What differs in after, without secrets; edits as above. */
char *stored_diff(const ChangeOperation *change, const DocumentChange *document,
                  const DwDocument *after, const GPtrArray *edits);
/* The diff of the change, where it has one, is to show what is stored. */
void stored_show(ChangeOperation *change, const DocumentChange *document, const DwDocument *stored,
                 const GPtrArray *edits);
/* Both for the configuration, to the change's problems. */
void stored_compare(ChangeOperation *change, const DwDocument *stored, const GPtrArray *edits);
