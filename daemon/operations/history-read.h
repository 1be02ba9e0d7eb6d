/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the history of a domain, or of those that are gone. */
#pragma once

#include "operations/operation.h"

typedef enum {
    HISTORY_READ_LIST, /* options limit, before -> changes */
    HISTORY_READ_XML,  /* from -> text */
    HISTORY_READ_DIFF, /* from, to ("": now) -> text */
    HISTORY_READ_LOST, /* lost: of the host */
} HistoryReadWhat;

typedef struct {
    Operation base;
    HistoryReadWhat what;
    History *history; /* of the host, or NULL */
    /* arguments */
    char *from, *to;
    /* results */
    GPtrArray *changes; /* of HistoryChange, newest first */
    GPtrArray *lost;    /* of HistoryLost, newest first */
    char *text;
} HistoryReadOperation;

HistoryReadOperation *history_read_operation_new(HistoryReadWhat what);
/* UNSUPPORTED when no history is kept. */
bool history_read_check(const History *history, GError **error);
/* The text of a revision in the history of the operation's domain: NOT_FOUND. */
char *history_read_text(const Operation *operation, History *history, const char *revision,
                        GError **error);
/* An error of the store as the caller gets it: NOT_FOUND or FAILED. Takes failure. */
void history_read_error(GError *failure, GError **error);
