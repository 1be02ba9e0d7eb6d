/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of calls that change something, and the problems they and Validate report. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "values.h"

/* Problems are rows of rule, severity, key, kind, id, value, message, allowed. */
bool problems_have_errors(const Rows *problems);
/* "disk vda target.bus": what a problem is about; may be "". */
char *problem_place(const Values *problem);

/*
 * Reports the a{sv} result that is next in a reply: problems and notes on standard error, the diff,
 * when asked for, on standard output. Returns the status: in a dry run whether it would change
 * something or fail.
 */
int result_report(const char *subject, sd_bus_message *reply);
