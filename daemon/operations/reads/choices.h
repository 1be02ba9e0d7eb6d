/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values that a host accepts for a key, or for all keys of a kind that have a list of them. */
#pragma once

#include "operations/operation.h"

/* Of one key. */
typedef struct {
    char *key;
    GPtrArray *choices; /* of DwChoice */
    char *chosen;       /* the default among them, or NULL */
} ChoiceList;

typedef struct {
    Operation base;
    char *kind, *key; /* a key there is; key "": all of the kind */
    /* results */
    GPtrArray *lists; /* of ChoiceList */
} ChoicesOperation;

ChoicesOperation *choices_operation_new(const char *kind, const char *key);
