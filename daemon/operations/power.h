/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of libvirt on a domain that needs no document: start, stop, suspend, autostart,
 * undefine. */
#pragma once

#include "operations/operation.h"
#include "state/baseline.h"

typedef struct {
    Operation base;
    VirtAction action;
    VirtUndefineFlags undefine;
    History *history;     /* VIRT_UNDEFINE: of the host, or NULL */
    Baselines *baselines; /* VIRT_START: the same */
    /* results */
    DomainSnapshot snapshot; /* snapshot.domain NULL: not read */
    bool gone;               /* that was the domain's end */
    char *running;           /* the document of what has been started, or NULL */
} PowerOperation;

/* For all that starts domains. On a worker: the document of what has just been started, from which
 * what waits for the next start is told; or NULL. */
char *start_read_running(Virt *virt, Baselines *baselines, const char *uuid);
/* Main thread: tells the inventory what was read of the domain since. Takes running. */
void start_settle(Host *host, Domain *domain, const DomainSnapshot *snapshot, char *running,
                  bool superseded);

/* flags: for VIRT_UNDEFINE, else 0. */
PowerOperation *power_operation_new(VirtAction action, VirtUndefineFlags flags);
