/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps true which of a host's running domains have something that waits for their next start: what
 * it hears of them from the inventory, it has compared on workers. It also has kept how each run
 * began. Owned by its Host; main thread.
 */
#pragma once

#include "host/host-queue.h"
#include "inventory/inventory.h"
#include "state/baseline.h"

typedef struct PendingKeeper PendingKeeper;

/* name: of the host. to_be_read: a task of the keeper has left the lane of its domain, or has found
 * documents that are news. */
PendingKeeper *pending_keeper_new(const HostContext *context, const char *name, const char *uri,
                                  Inventory *inventory, HostQueue *queue,
                                  void (*to_be_read)(void *data), void *data);
/* NULL-safe. */
void pending_keeper_free(PendingKeeper *keeper);
/* A reference, or NULL when none are kept. */
Baselines *pending_keeper_baselines(const PendingKeeper *keeper);

/* The inventory has all domains of a new connection: they are compared when its documents have been
 * read. */
void pending_keeper_resync(PendingKeeper *keeper);
void pending_keeper_caught_up(PendingKeeper *keeper);
/* The domain has been started, has stopped or gone, or may have something else that waits. */
void pending_keeper_started(PendingKeeper *keeper, const Domain *domain);
void pending_keeper_stopped(PendingKeeper *keeper, const Domain *domain);
void pending_keeper_changed(PendingKeeper *keeper, const Domain *domain);
