/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fair queue for bulk answers. Calls with long answers, such as lists of thousands of domains, wait
 * here and are let through one at a time, in turn for each user, so that short calls need not wait
 * for all of them. A step of the filter; main thread.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "bus/byte-limit.h"
#include "bus/requeue.h"

/* Answers about fewer domains than this are short. */
#define MANY_DOMAINS 256

typedef struct BulkQueue BulkQueue;

/* Whether the host that the call is about has MANY_DOMAINS. */
typedef bool (*ManyDomainsFunc)(const Request *request);

BulkQueue *bulk_queue_new(sd_bus *bus, sd_event *event, ByteLimit *limit, Requeue *requeue,
                          ManyDomainsFunc many);
void bulk_queue_free(BulkQueue *queue);
/* FilterStepFunc: takes the request when its answer is long and it is not its turn, or to refuse it
 * because its user has too many such. */
bool bulk_queue_step(Request *request, void *queue);
/* The filter refuses what comes now: what waits goes back to it at once. */
void bulk_queue_end(BulkQueue *queue);
/* The sender has left. */
void bulk_queue_forget(BulkQueue *queue, const char *sender);
/* The call let through last goes on for more than one turn of the event loop: step is called until
 * it returns false, then free. At once, where another goes on already. */
void bulk_queue_run(BulkQueue *queue, bool (*step)(void *userdata), void (*free)(void *userdata),
                    void *userdata);
