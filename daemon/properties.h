/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Properties that cannot be answered at once. sd-bus's getters are synchronous; Revision of a
 * domain needs libvirt. So Get and GetAll that ask for it are taken out of sd-bus's hands before it
 * sees them.
 */
#pragma once

#include "server.h"

/* From the filter: 1 when the message was taken, 0 when it is sd-bus's to answer. */
int properties_intercept(Server *server, sd_bus_message *message, uid_t uid);
