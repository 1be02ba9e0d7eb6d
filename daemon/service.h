/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds the parts, lets them listen to each other, and stops them. Used by main; main thread. */
#pragma once

#include "calls/server.h"

Server *server_new(Configuration *configuration);
/* Connects to the bus and owns the name, starts to connect to hosts. */
bool server_start(Server *server, GError **error);
/* Serves until told to stop; the exit status. */
int server_run(Server *server);
/* False when a thread is stuck in libvirt: then nothing may be freed. */
bool server_free(Server *server);
