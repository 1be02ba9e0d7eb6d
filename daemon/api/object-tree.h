/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects on the bus, and how sd-bus finds them. Main thread. */
#pragma once

#include <systemd/sd-bus.h>

#include "base/object.h"
#include "bus/filter.h"
#include "inventory/listener.h"

struct Server;

/* The host at a path, and the host that a path is of or below; or NULL. */
Host *object_tree_host(const struct Server *server, const char *path);
Host *object_tree_host_of(const struct Server *server, const char *path);

/* Tells the filter the methods there are. */
void object_tree_add_interfaces(Filter *filter);

/* Registers the manager and the drafts. */
int object_tree_register(struct Server *server);
/* Registers each host when it is added, and takes it off the bus, with its domains, when it is
 * removed. */
HostListener object_tree_host_listener(struct Server *server);
