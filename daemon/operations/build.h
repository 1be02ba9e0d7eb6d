/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building a new document from settings and devices, for Build, for a new draft, and for define.c.
 */
#pragma once

#include "operations/operation.h"

/* What a document is built from. */
typedef struct {
    DwSettings *settings;
    GPtrArray *devices; /* of DwDevice; their ids are ignored */
    bool incomplete;    /* what every domain needs may still be missing */
} BuildInput;

void build_input_clear(BuildInput *input);
/* Worker: fills in what the operation's host, if any, knows of new documents. */
DwDocument *build_document(const Operation *operation, const BuildInput *input, Virt *virt,
                           DwResult *result, GError **error);

typedef struct {
    Operation base;
    BuildInput input;
    /* results */
    DwResult result;
    char *xml;
} BuildOperation;

BuildOperation *build_operation_new(void);
