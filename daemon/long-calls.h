/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls with long answers, such as lists of thousands of domains, wait here and are let through one
 * at a time, in turn for each user, so that short calls need not wait for all of them. What they
 * answer is not known here. Main thread.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "server.h"

/* Answers about fewer domains than this are short. */
#define MANY_DOMAINS 256

typedef struct LongCalls LongCalls;

LongCalls *long_calls_new(Server *server);
void long_calls_free(LongCalls *calls);
/* True when the call was kept, or refused because the user has too many; it comes again when its
 * turn has come. */
bool long_calls_hold(LongCalls *calls, sd_bus_message *message, uid_t uid);
void long_calls_forget(LongCalls *calls, const char *sender);
/* The call let through last goes on for more than one turn of the event loop: step is called until
 * it returns false, then free. At once, where another goes on already. */
void long_calls_run(LongCalls *calls, bool (*step)(void *userdata), void (*free)(void *userdata),
                    void *userdata);
