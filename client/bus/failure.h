/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a call that failed means to a person: the daemon's sentence, and the remedy where it is
 * known on this side. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* Reports the error of a call, or the errno r when it is not set; returns the status for trouble.
 */
int report_bus_error(const char *subject, int r, const sd_bus_error *error);
/* The message of a failed call. The caller's. */
char *failure_text(const sd_bus_error *error);
/* A sentence of the daemon's, in a message or a row of problems, as it is said on the command line.
 * The caller's. */
char *in_words_of_options(const char *message);
/* Whether the service has left the bus with the call. */
bool error_is_of_end(const sd_bus_error *error);
/* An answer that is not what the contract says. */
int report_bad_answer(const char *subject, int r);
