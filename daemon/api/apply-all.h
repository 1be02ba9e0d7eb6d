/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host.ApplyAll. Main thread. */
#pragma once

#include "bus/request.h"
#include "host/host.h"

/* Reads the arguments; takes the request on success. */
bool apply_all_answer(Request *request, Host *host, GError **error);
