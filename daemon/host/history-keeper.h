/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The history of one host's domains, kept in step with its inventory: which domains exist, what
 * another program removed, and the bounds of the store. Owned by its Host; main thread, the store
 * is used by tasks.
 */
#pragma once

#include "history/history.h"
#include "host/host-queue.h"
#include "inventory/inventory.h"

typedef struct HistoryKeeper HistoryKeeper;

/* name, uri: of the host. */
HistoryKeeper *history_keeper_new(const HostContext *context, const char *name, const char *uri,
                                  Inventory *inventory, HostQueue *queue);
void history_keeper_free(HistoryKeeper *keeper);
/* Takes directory and limits from the context, again when those have changed. */
void history_keeper_load(HistoryKeeper *keeper);
/* A reference, or NULL when no history is kept; keeper may be NULL. */
History *history_keeper_history(const HistoryKeeper *keeper);

/* Once in a while. */
void history_keeper_idle(HistoryKeeper *keeper);
/* The inventory has all domains of a new connection. */
void history_keeper_resync(HistoryKeeper *keeper);
/* The inventory removed a domain. */
void history_keeper_removed(HistoryKeeper *keeper, const Domain *domain);
