/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a text that a caller sent, which belongs to no domain. */
#pragma once

#include "operations/operation.h"

typedef struct {
    Operation base;
    char *text;
    bool import; /* text -> xml, if it is a document; else settings and devices */
    /* results */
    DwSettings *settings;
    GPtrArray *devices; /* of DwDevice */
    char *xml;
} ParseOperation;

ParseOperation *parse_operation_new(const char *text);
ParseOperation *import_operation_new(const char *text);
