/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Defining a new domain, from settings or from a document. */
#pragma once

#include "operations/build.h"
#include "operations/plan.h"

typedef struct {
    ChangeOperation change; /* base.uuid: result, the new domain's */
    BuildInput input;       /* settings NULL: xml is given */
    char *xml;
    History *history;      /* of the host, or NULL */
    char *recovered;       /* a UUID: the last definition in its history; instead of xml */
    GPtrArray *clone_rows; /* of DwProblem: what is to be known of xml as a clone; or NULL */
    bool fill; /* xml is still to be completed with what the host knows of new documents */
} DefineOperation;

DefineOperation *define_operation_new(void);
