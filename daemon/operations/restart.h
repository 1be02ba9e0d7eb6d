/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shutting a domain down and starting it again, so that what waits for that is applied. */
#pragma once

#include "inventory/domain-snapshot.h"
#include "operations/operation.h"
#include "state/baseline.h"

typedef enum { RESTART_SHUT_DOWN, RESTART_FORCE, RESTART_START } RestartStep;

typedef struct {
    Operation base;
    RestartStep step;
    int32_t id;           /* of the run that is to end */
    Baselines *baselines; /* of the host, or NULL */
    /* results */
    DomainSnapshot snapshot; /* its domain: what became of it, or NULL: not known */
    char *running;           /* its new document, or NULL */
} RestartOperation;

/* options timeout, force. */
RestartOperation *restart_operation_new(void);
