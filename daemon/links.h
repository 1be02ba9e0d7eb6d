/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections for workers, one to a thread at a time, opened when needed and kept for the next job.
 *
 * libvirt lets threads share a connection, but when a server falls silent while several of them
 * wait on one, it (9.0) ends one of the calls, leaves the others waiting, and crashes when the
 * server speaks again. With one call to a connection its keepalive does what it should.
 */
#pragma once

#include <stdbool.h>

#include "virt.h"

typedef struct Links Links;

Links *links_new(const char *uri);
/* All links have been given back. */
void links_free(Links *links);
/* From workers: NULL when closed, or when there is no connection to be had. */
void *links_take(void *links);
void links_give_back(void *links, void *virt);
/* Any thread, does not block. Closed links give nothing. */
void links_open(Links *links);
/* Those that were not needed since the last sweep, for somebody who may block to close them: array
 * of Virt. */
GPtrArray *links_sweep(Links *links);
/* What was kept, for somebody who may block to close: array of Virt. */
GPtrArray *links_close(Links *links);
