/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers about all domains of a host, written a few rows at a time where there are many, so that
 * other calls are answered between. They need no libvirt, but for columns that are keys: those are
 * read by a worker first. Main thread.
 */
#pragma once

#include "bus/options.h"
#include "bus/request.h"
#include "host/host.h"

/* Answers ListDomains: the options columns, active, name and live. Takes what is in the options,
 * the request on success; INVALID_VALUE for a column there is not. */
bool domain_list_answer(Request *request, Host *host, Options *options, GError **error);
/* ManyDomainsFunc. */
bool domain_list_is_long(const Request *request);
/* FilterStepFunc, without data: answers GetManagedObjects where sd-bus would take long over it. */
bool domain_list_step(Request *request, void *data);
