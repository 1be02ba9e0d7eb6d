/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Large calls of users other than root, one at a time: reading a megabyte of text out of a message
 * takes milliseconds, in which nobody else is served. Between two of them there is a pause as long
 * as reading takes, users take turns, and who is in debt waits (byte-limit.h). Main thread.
 */
#pragma once

#include "bus/byte-limit.h"
#include "bus/requeue.h"

typedef struct LargeQueue LargeQueue;

LargeQueue *large_queue_new(sd_event *event, ByteLimit *limit, Requeue *requeue);
void large_queue_free(LargeQueue *queue);
/* A filter step: keeps a large call, and with it what its sender calls after it. */
bool large_queue_step(Request *request, void *userdata);
/* The filter refuses what comes now: what waits goes back to it at once. */
void large_queue_end(LargeQueue *queue);
/* The sender has left. */
void large_queue_forget(LargeQueue *queue, const char *sender);
