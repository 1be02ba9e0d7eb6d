/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of Domain.ListPending, for the verbs that show them. Main thread. */
#pragma once

#include "bus/keys.h"
#include "bus/values.h"

/* A negative errno with ret_error. */
int waiting_read(const char *path, Rows *rows, sd_bus_error *ret_error);
/* KEY, KIND/ID/KEY, or KIND/ID of a whole device; to be freed. */
char *waiting_name(const Values *row);
/* What the side "live" or "config" has, as people are shown it; NULL: nothing. keys: as of
 * keys_show_value(). */
char *waiting_side(const Values *row, const char *side, Rows *keys);
