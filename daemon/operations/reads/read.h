/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading one document, a domain's or a draft's. */
#pragma once

#include "operations/operation.h"

typedef enum {
    READ_ALL,       /* settings, devices, revision */
    READ_SETTINGS,  /* keys -> settings */
    READ_DEVICES,   /* kind -> devices */
    READ_XML,       /* xml */
    READ_METADATA,  /* uri -> xml */
    READ_PROBLEMS,  /* problems */
    READ_REVISION,  /* revision */
    READ_FOR_DRAFT, /* xml with placeholders for its secrets, revision */
} ReadWhat;

typedef struct {
    Operation base;
    ReadWhat what;
    DocumentSource source;
    char *known; /* the domain's document as the inventory has it, or NULL */
    /* arguments */
    char **keys;
    char *kind, *uri;
    /* results */
    DwSettings *settings;
    GPtrArray *devices;  /* of DwDevice */
    GPtrArray *problems; /* of DwProblem */
    char *xml;
    char revision[REVISION_TEXT];
    bool news; /* the document is not what was known */
} ReadOperation;

ReadOperation *read_operation_new(ReadWhat what);
