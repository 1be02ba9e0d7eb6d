/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both sides of a merge changed, each in its way, told as problems. Used by merge.c. */
#pragma once

#include "merge/items.h"

/* What is being merged, and what of it a conflict is about. */
typedef struct {
    const DwDocument *documents[MERGE_DOCUMENTS];
    DwPrefer prefer;
    GPtrArray *conflicts; /* of DwProblem */
    /* The device, or the domain, that the elements are in. */
    const char *kind;
    char *id;
    DwNode things[MERGE_DOCUMENTS];
} Merge;

/* An attribute of an element, or, with attribute "", its text; by what each document has there,
 * NULL: nothing. Returns the side that counts. */
MergeDocument conflict_value(Merge *merge, const DwNode nodes[MERGE_DOCUMENTS],
                             const char *attribute, char *const values[MERGE_DOCUMENTS]);
/* An element, by where it is. */
MergeDocument conflict_element(Merge *merge, const DwNode nodes[MERGE_DOCUMENTS]);
/* The order of what is in an element. */
MergeDocument conflict_order(Merge *merge, DwNode theirs);
