/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line for each change of a domain that was asked for, made or refused: to the journal with a
 * field for each part, elsewhere to the standard error output as text.
 */
#pragma once

#include <glib.h>

#include "request.h"

typedef struct {
    const char *host, *domain, *uuid;
    unsigned effects;           /* ACTION_BITs */
    char **reach;               /* what made it use-host-resources, or NULL */
    const GError *error;        /* NULL: done */
    const char *before, *after; /* revisions, or "" */
    bool overwrote;             /* perhaps what another program did at the same moment */
} AuditRecord;

void audit_open(void);
void audit(const Request *request, const AuditRecord *record);
