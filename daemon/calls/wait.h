/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting until a domain has become something, or for a limited time. Used by call-life.c, for
 * operations that ask something of a guest; main thread.
 */
#pragma once

#include "inventory/listener.h"

typedef struct Server Server;
typedef struct Wait Wait;

/* over() is called once, never from here, when arrived() is true, after usec, or when the service
 * stops; it frees the wait. arrived() is asked whenever a domain has news. */
Wait *wait_new(Server *server, uint64_t usec, bool (*arrived)(const void *data),
               void (*over)(void *data), void *data);
/* NULL-safe. */
void wait_free(Wait *wait);
/* The service is stopping: nobody waits any longer. */
void waits_end(Server *server);
InventoryListener waits_inventory_listener(Server *server);
