/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no document tells of the steps that are planned: the host is asked. Workers. */
#pragma once

#include "operations/live/step.h"

/* Takes those steps away that the host cannot do now: problems of rule live.session where it has no
 * control groups, of the rule that says so where it has not what a device names, else
 * live.not-possible. before, after: the running document as it is and is to be. */
void live_ask_host(Virt *virt, const char *uuid, const DwDocument *before, const DwDocument *after,
                   GPtrArray *steps, GPtrArray *impossible);
