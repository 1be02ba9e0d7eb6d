/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a domain waits for its next start. */
#pragma once

#include "host/pending.h"
#include "operations/operation.h"

typedef struct {
    Operation base;
    Baselines *baselines; /* of the host, or NULL */
    PendingRows pending;  /* the result */
} PendingOperation;

PendingOperation *pending_operation_new(void);
