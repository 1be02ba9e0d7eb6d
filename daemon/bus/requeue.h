/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests that go back onto the bus's queue, after a filter step has kept them for a while. sd-bus
 * appends what is put back, so it would come after what its sender has sent since. Here is the one
 * order: requests of a sender that are on their way back come to the filter in the order in which
 * they arrived, and what arrives meanwhile stays behind them. Used by the filter and its steps;
 * main thread.
 */
#pragma once

#include "bus/request.h"

typedef struct Requeue Requeue;

Requeue *requeue_new(sd_bus *bus);
void requeue_free(Requeue *requeue);
/* Takes the request and puts its message back; it is refused when the bus's queue is full. */
void requeue_add(Requeue *requeue, Request *request);
/* Whether any request of the sender is on its way back. */
bool requeue_has(const Requeue *requeue, const char *sender);
/* A message has come off the bus's queue. The request it belongs to, NULL: it has not been here
 * before, or later is true: it went back once more, to stay behind another. */
Request *requeue_take(Requeue *requeue, sd_bus_message *message, bool *ret_later);
/* The sender has left: its requests are dropped. */
void requeue_forget(Requeue *requeue, const char *sender);
