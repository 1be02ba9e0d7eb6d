/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections for workers, one to a thread at a time, opened when needed and kept for the next
 * task.
 *
 * libvirt lets threads share a connection, but when a server falls silent while several of them
 * wait on one, it (9.0) ends one of the calls, leaves the others waiting, and crashes when the
 * server speaks again. With one call to a connection its keepalive does what it should.
 */
#pragma once

#include <stdbool.h>

#include "libvirt/connection.h"

typedef struct ConnectionPool ConnectionPool;

ConnectionPool *connection_pool_new(const char *uri);
/* All connections have been given back. */
void connection_pool_free(ConnectionPool *pool);
/* From workers: NULL when closed, or when there is no connection to be had. */
void *connection_pool_take(void *pool);
void connection_pool_give_back(void *pool, void *virt);
/* Any thread, does not block. A closed pool gives no connection. */
void connection_pool_open(ConnectionPool *pool);
/* Takes out those that nobody needed since the last call, for a thread that may block to close
 * them: array of Virt. */
GPtrArray *connection_pool_take_unused(ConnectionPool *pool);
/* Closes the pool and takes out what is idle, for a thread that may block to close it: array of
 * Virt. */
GPtrArray *connection_pool_close(ConnectionPool *pool);
