/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line for each change of a domain that was asked for, made or refused: to the journal with a
 * field for each part, elsewhere to the standard error output as text.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/request.h"

typedef struct {
    const char *host, *domain, *uuid;
    unsigned effects;           /* ACTION_BITs */
    char **reach;               /* what made it use-host-resources, or NULL */
    const GError *error;        /* NULL: done */
    const char *before, *after; /* revisions, or "" */
    bool overwrote;             /* perhaps what another program did at the same moment */
} AuditRecord;

/* Counts the refusals of each user: a flood of them is cut short in the record, and its size
 * written in the end. */
typedef struct Audit Audit;

/* NULL: there is no timer to be had. */
Audit *audit_new(sd_event *event);
void audit_free(Audit *all);
void audit(const Request *request, const AuditRecord *record);
