/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handing a planned document to libvirt, and reading what libvirt made of it. On workers. */
#pragma once

#include "operations/plan.h"

/* Has libvirt define what was planned; the domain's uuid. Where plan->schema_checked is false the
 * host's libvirt validates the document: INVALID. */
char *define_on_host(const ChangePlan *plan, Virt *virt, GError **error);
/* The persistent document of a domain just defined. When it cannot be read the error is
 * OUTCOME_UNKNOWN: the change was made, and nothing else is certain. */
char *read_back(Virt *virt, const char *uuid, GError **error);
/* ALREADY_EXISTS: of a new domain's name. */
void set_name_taken(const char *name, GError **error);
