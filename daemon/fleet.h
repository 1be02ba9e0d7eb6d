/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers about all domains of a host, written a few rows at a time where there are many, so that
 * other calls are answered between. They need no libvirt. Main thread.
 */
#pragma once

#include "host.h"
#include "options.h"
#include "request.h"

/* Answers ListDomains: the options columns, active and name. Takes request and options on success;
 * INVALID_VALUE for a column there is not. */
bool fleet_list(Request *request, Host *host, Options *options, GError **error);
/* Answers GetManagedObjects where sd-bus would take long over it: true when it did. */
bool fleet_intercept(Server *server, sd_bus_message *message, uid_t uid);
