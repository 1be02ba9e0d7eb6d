/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a few keys of many domains, for a table of them. */
#pragma once

#include "operations/operation.h"

/* A key as a column: "memory", "disk/vda/source.file"; "*" as the id names all devices. */
typedef struct {
    char *name; /* as the caller spells it */
    char *kind; /* "": a domain setting */
    char *id;   /* "*": of all devices of the kind; "" for a setting */
    char *key;
    bool secret; /* is in no row */
} KeyColumn;

/* INVALID_VALUE when there is no such key; where: "Option columns", for the message. */
KeyColumn *key_column_new(const char *where, const char *name, GError **error);
void key_column_free(KeyColumn *column);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyColumn, key_column_free)

typedef struct {
    Uuid uuid;
    bool live;   /* what runs is wanted */
    char *known; /* the document as the inventory has it, or NULL: libvirt is asked */
    /* result, unless it was kept from an earlier list */
    DwSettings *values;    /* by the names of the columns; NULL: the domain is gone */
    RevisionMark revision; /* of the document they are from; not of what runs */
    gsize size;            /* of the values, about */
    bool kept;
} ColumnsRow;

typedef struct {
    Operation base;
    GPtrArray *columns; /* of KeyColumn */
    GArray *rows;       /* of ColumnsRow */
    char *kept_as;      /* in the inventory's cache of values; NULL: not there */
    /* What whoever made it wants to have again when it is done; main thread. */
    void *context;
    GDestroyNotify context_free;
} ColumnsOperation;

/* Takes columns. */
ColumnsOperation *columns_operation_new(GPtrArray *columns);
/* Main thread; before domains are added. Values are taken from an earlier list with the same
 * columns, and kept for the next by columns_operation_keep(). */
void columns_operation_share(ColumnsOperation *operation);
void columns_operation_keep(const ColumnsOperation *operation, const Inventory *inventory);
/* Main thread. The option live is to be set before. */
void columns_operation_add(ColumnsOperation *operation, const Domain *domain);
