/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How many bytes of large messages a user may pass over the bus, to us and back, while others call:
 * all connections share the bus daemon's one thread and our main thread, and a megabyte keeps
 * either for milliseconds. What a user has passed is a debt that time pays off; whoever is in debt
 * waits with the next large message, unless nobody else has called lately. Root never waits.
 * Used by the queues of requests and answers; main thread. NULL: no limit.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Messages smaller than this are not limited. */
#define BYTE_LIMIT_LARGE (32 * 1024)
/* Bytes a second: in both directions together a megabyte takes some 15 ms of the two threads, so
 * that less than a hundredth of their time goes to one user's large messages. */
#define BYTE_LIMIT_RATE (512 * 1024)
/* A debt up to this waits for nothing: who looks at a list of a thousand domains now and then. */
#define BYTE_LIMIT_FREE (1024 * 1024)

typedef struct ByteLimit ByteLimit;

ByteLimit *byte_limit_new(uint64_t rate, uint64_t free);
void byte_limit_free(ByteLimit *limit);
/* The user has called. */
void byte_limit_seen(ByteLimit *limit, uid_t uid);
/* A message of the user has come, or one to him goes. */
void byte_limit_charge(ByteLimit *limit, uid_t uid, size_t size);
/* Microseconds until the user's next large message may pass; 0: now. */
uint64_t byte_limit_delay(const ByteLimit *limit, uid_t uid);
