/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers to a user that asks for more than it may have at once. Who asks again at once would be
 * answered again at once, and the calls of others would have to wait behind all that, on the bus
 * too: so such a user is answered no faster than at a certain pace, until all it was refused has
 * been told. What is too much is not known here. Main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "request.h"
#include "server.h"

Pace *pace_new(Server *server);
void pace_free(Pace *pace);
/* Refuses the call with the error, which stays the caller's, now or later. */
void pace_refuse(Pace *pace, sd_bus_message *call, uid_t uid, const GError *error);
/* True when the request has been taken, to be delivered when its turn comes. */
bool pace_hold(Pace *pace, Request *request);
/* The sender has left. */
void pace_forget(Pace *pace, const char *sender);
/* Whatever waits is sent now. */
void pace_flush(Pace *pace);
