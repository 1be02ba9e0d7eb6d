/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages for people on standard error, and the exit status they lead to. */
#pragma once

#include <systemd/sd-bus.h>

/* Exit statuses. Trouble is 1, but 2 where 1 means "there is a difference" (report_trouble_is_two).
 */
enum { STATUS_FINE = 0, STATUS_DIFFERS = 1, STATUS_USAGE = 2 };

void report_trouble_is_two(void);
int report_trouble(void); /* the status */

/* "domwright: SUBJECT: MESSAGE", subject may be NULL. Returns the status for trouble. */
int report_error(const char *subject, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for a call that failed: its error, or, when that is not set, the errno r. */
int report_bus_error(const char *subject, int r, const sd_bus_error *error);
/* An answer that is not what the contract says. */
int report_bad_answer(const char *subject, int r);
/* Returns STATUS_USAGE. */
int report_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Something worth knowing; never a failure. */
void report_note(const char *subject, const char *severity, const char *message);
