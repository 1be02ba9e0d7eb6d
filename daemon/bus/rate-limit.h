/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rate limiter for users over their quota. Replying to a refused call at once lets a busy client
 * ask again at once and flood the bus, so one answer and one refusal are sent to such a user every
 * 2 ms, until none of its refusals waits; none while the user is in debt, so that no flood of large
 * calls is answered by refusals. Used by requests; main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bus/byte-limit.h"

typedef struct RateLimit RateLimit;

/* Called once for what was queued: to send it, or to drop it because its receiver has left. */
typedef void (*ReleaseFunc)(void *data, bool send);

/* bytes: NULL where large answers are not limited. */
RateLimit *rate_limit_new(sd_bus *bus, sd_event *event, ByteLimit *bytes);
void rate_limit_free(RateLimit *limit);
/* Refuses the call with the error, which stays the caller's, now or later. */
void rate_limit_refuse(RateLimit *limit, sd_bus_message *call, uid_t uid, const GError *error);
/* True when an answer of this size to the call has to wait: release is called when its turn comes.
 * A large one waits for its user's debt, too, and is charged when it is sent, now or then. */
bool rate_limit_queue(RateLimit *limit, sd_bus_message *call, uid_t uid, size_t size,
                      ReleaseFunc release, void *data);
/* The sender has left: what waits for it is dropped. */
void rate_limit_forget(RateLimit *limit, const char *sender);
/* Sends whatever waits; nothing is queued any more. */
void rate_limit_flush(RateLimit *limit);
