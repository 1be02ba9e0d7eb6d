/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the a{sv} of options that every method ends in. */
#pragma once

#include <systemd/sd-bus.h>

#include "base/options.h"

/* Reads the next argument; see options_take(). INVALID_VALUE also for an option given twice. */
bool options_read(sd_bus_message *message, const char *known, Options *ret_options, GError **error);
/* The option host of the options that are next; true when it is there. The message is to be rewound
 * afterwards. */
bool options_peek_host(sd_bus_message *message, const char **ret_name);
