/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Telling a user that it has too much under way. Who asks again at once would be told again at
 * once, and the calls of others would have to wait behind all that: so a user is told no faster
 * than at a certain pace. It does not know what is too much. Main thread.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "server.h"

Refusals *refusals_new(Server *server);
void refusals_free(Refusals *refusals);
/* Answers the call with the error, which stays the caller's, now or later. */
void refuse_later(Refusals *refusals, sd_bus_message *call, uid_t uid, const GError *error);
/* The sender has left. */
void refusals_forget(Refusals *refusals, const char *sender);
/* Whatever waits is sent now. */
void refusals_flush(Refusals *refusals);
