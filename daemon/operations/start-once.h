/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting a domain this once with another configuration than it keeps. */
#pragma once

#include "operations/plan.h"
#include "state/baseline.h"

typedef struct {
    ChangeOperation change;
    GPtrArray *edits;     /* of DwEdit: what is different this once */
    Baselines *baselines; /* of the host, or NULL */
    char *running;        /* result: the document of what runs, or NULL */
} StartOperation;

/* Takes what is in the options: paused, boot, settings, until. INVALID_VALUE. */
StartOperation *start_operation_new(Options *options, GError **error);
