/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A call that is waited for as long as the daemon lives: work may take minutes, but a daemon that
 * is stopped or stuck does not answer Pings either. Used by bus.c.
 */
#pragma once

#include <systemd/sd-bus.h>

/* As sd_bus_call with the connection's time limit, but signals are dispatched meanwhile. Says on
 * standard error that the daemon is silent, and fails with Timeout when it stays so. */
int patience_call(sd_bus *bus, sd_bus_message *call, sd_bus_error *error,
                  sd_bus_message **ret_reply);
