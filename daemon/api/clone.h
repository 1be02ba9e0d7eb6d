/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain.Edit with the option clone. Main thread. */
#pragma once

#include "bus/options.h"
#include "bus/request.h"
#include "inventory/inventory.h"

/* INVALID_VALUE when options have what only a clone takes, and clone is not set. */
bool clone_check_options(const Options *options, GError **error);
/* Answers with a draft of a new domain like this one. Takes what is in the options; the request on
 * success. */
bool clone_start(Request *request, const Domain *domain, Options *options, GError **error);
