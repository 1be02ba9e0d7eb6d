/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing a draft with the domain it came from. */
#pragma once

#include "operations/operation.h"

typedef struct {
    Operation base; /* uuid: the domain's; "": compare with nothing */
    char *xml;      /* the draft's document */
    char *diff;     /* result */
} DiffOperation;

DiffOperation *diff_operation_new(const char *xml);
