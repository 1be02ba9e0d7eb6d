/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The children of one element in three documents, found again in each other by name: what a merge
 * decides about one by one. Used by merge.c.
 */
#pragma once

#include "document/document.h"

/* The document that both sides come from, and the sides. */
typedef enum { MERGE_BASE, MERGE_OURS, MERGE_THEIRS, MERGE_DOCUMENTS } MergeDocument;

typedef struct {
    DwNode node, before; /* before: the child before it, or DW_NODE_NONE */
} MergeNode;

typedef struct {
    char *name;    /* of what is the same thing in all documents */
    GArray *nodes; /* of MergeNode: one, or all of a list whose members have no names */
} MergeItem;

typedef struct {
    GPtrArray *items; /* of MergeItem, in their order */
    GHashTable *by_name;
    GHashTable *counts; /* how often a name has come */
} MergeItems;

/* nodes: the element in each document, DW_NODE_NONE where it is not there. */
void merge_items_list(const DwDocument *const documents[MERGE_DOCUMENTS],
                      const DwNode nodes[MERGE_DOCUMENTS], bool devices,
                      MergeItems ret_items[MERGE_DOCUMENTS]);
void merge_items_clear(MergeItems *items);
MergeItem *merge_items_find(const MergeItems *items, const char *name);
