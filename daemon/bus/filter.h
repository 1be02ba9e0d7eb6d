/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every message passes before sd-bus looks for its object. The filter resolves the sender's
 * user and the method's row, once, and hands the request to a chain of steps in the order in which
 * service.c has added them; what no step takes goes to request_dispatch, or to sd-bus. Main thread.
 *
 *     message -> sender's user -> may call? stopping? -> step, step, … -> sd-bus -> handler
 *                   |                                      |
 *                   +--------- kept, requeue_add ----------+
 */
#pragma once

#include "bus/request.h"
#include "bus/requeue.h"
#include "bus/senders.h"

typedef struct Filter Filter;

/* True: the step has taken the request, to answer it or to keep it for a while; what it gives to
 * requeue_add comes to the same step again. False: it is the next step's. */
typedef bool (*FilterStepFunc)(Request *request, void *data);

Filter *filter_new(sd_bus *bus, Requests *requests, Senders *senders, Requeue *requeue,
                   int *ret_error);
void filter_free(Filter *filter);
void filter_add_interface(Filter *filter, const Interface *interface);
void filter_add_step(Filter *filter, FilterStepFunc func, void *data);
/* From now on every call is refused. */
void filter_stop(Filter *filter);
