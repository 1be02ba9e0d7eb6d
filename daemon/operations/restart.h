/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shutting a domain down and starting it again, so that what waits for that is applied. */
#pragma once

#include "operations/operation.h"
#include "state/baseline.h"

typedef enum { RESTART_SHUT_DOWN, RESTART_FORCE, RESTART_START } RestartStep;

typedef struct {
    Operation base;
    RestartStep step;
    int32_t id;           /* of the run that is to end */
    Baselines *baselines; /* of the host, or NULL */
    /* results */
    int32_t started; /* the new one's, or -1: not known */
    char *running;   /* its document, or NULL */
} RestartOperation;

/* options timeout, force. */
RestartOperation *restart_operation_new(void);
