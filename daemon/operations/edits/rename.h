/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What edit.c needs to give a domain another name. On workers. */
#pragma once

#include "operations/plan.h"

/* Whether libvirt would rename the domain: INVALID while it runs or has a saved state,
 * ALREADY_EXISTS when another has the name. */
bool rename_check(Virt *virt, const char *uuid, const char *name, GError **error);
/* Fills plan->config.after, a copy of before, with the new name, and what else the plan has of a
 * rename. uri: of the host. */
bool rename_plan(ChangeOperation *change, const char *uri, const char *name, const DwHost *host,
                 GError **error);
/* Has libvirt rename what was planned; the domain's uuid. */
char *rename_on_host(const ChangePlan *plan, Virt *virt, GError **error);
