/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages for people on standard error, and the exit status they lead to. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Exit statuses. Trouble is 1, but 2 where 1 means "there is a difference" (report_trouble_is_two).
 */
enum { STATUS_FINE = 0, STATUS_DIFFERS = 1, STATUS_USAGE = 2 };

void report_trouble_is_two(void);
int report_trouble(void); /* the status */
/* json: errors are objects, one per line; verbose: with the D-Bus names of errors. */
void report_set_style(bool json, bool verbose);

/* "domwright: SUBJECT: MESSAGE", subject may be NULL. Returns the status for trouble. */
int report_error(const char *subject, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with the D-Bus name of an error, which may be NULL. */
int report_named_error(const char *subject, const char *name, const char *message);
/* What --json says of an error; subject and name may be NULL. */
void report_write_json(FILE *file, const char *subject, const char *name, const char *message);
/* From now on errors are kept as well. */
void report_keep(void);
bool report_has_kept(void);
/* What was kept, as one JSON object, "null" where nothing was; file may be NULL. Ends the keeping.
 */
void report_write_kept(FILE *file);
/* A wrong command line. Returns STATUS_USAGE. */
int report_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Something worth knowing; never a failure. Silent with --json, where results carry it. */
void report_note(const char *subject, const char *severity, const char *message);
