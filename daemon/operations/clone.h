/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making the document of a clone from a domain's; options: name, disks, new-serials, drop-hostdevs.
 */
#pragma once

#include "operations/operation.h"

typedef struct {
    Operation base;
    /* results */
    char *xml;              /* with its secrets */
    char *redacted;         /* without them; NULL: it has none */
    GPtrArray *rows;        /* of DwProblem: what is to be known of it */
    GPtrArray *secret_rows; /* the same, where its secrets do not come along */
} CloneOperation;

CloneOperation *clone_operation_new(void);
