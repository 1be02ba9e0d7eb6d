/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the policy's actions an operation needs, as far as that is known before it runs. For
 * call-life.c; ACTION_BITs. */
#pragma once

#include "operations/plan.h"

/* What it changes on its host. */
unsigned actions_of_change(const Operation *operation);
/* What its plan needs besides. */
unsigned actions_of_plan(const ChangeOperation *change);
/* What has to be granted whatever it turns out to do; change: the above. */
unsigned actions_first(const Operation *operation, unsigned change);
