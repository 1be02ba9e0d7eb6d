/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bringing what a draft changed onto what its domain is now. */
#pragma once

#include "operations/plan.h"

typedef struct {
    ChangeOperation change;
    /* arguments */
    char *base_text; /* what the draft was made from, with placeholders for secrets */
    char *xml;       /* the draft's document */
    DwPrefer prefer;
    /* results */
    char *new_base; /* what the domain is now, like base_text; NULL: nothing is to be kept */
    char base_revision[REVISION_TEXT];
    DwDocument *document; /* the draft's new one */
    bool compared;        /* differences is valid */
    DwChanges differences;
} RebaseOperation;

RebaseOperation *rebase_operation_new(const char *base_text, const char *xml);
/* Option prefer; INVALID_VALUE. */
bool options_prefer(const Options *options, DwPrefer *ret_prefer, GError **error);
