/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to domwrightd, and calls on it. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include <domwright/names.h>

#include "text/writer.h"

/* Connects on first use; NULL after a complaint. Owned here. */
sd_bus *bus_get(void);
/* From now on calls may lead to a question of polkit's: starts the text agent where a person is. */
void bus_expect_questions(void);
/* Calls may take this much longer than usual. */
void bus_allow_wait(unsigned seconds);
/* Nobody waits long: answers that take more than a moment are not wanted any more. */
void bus_be_impatient(void);
void bus_close(void);

/* Calls without a complaint; types and values as for sd_bus_message_append. */
int bus_call(const char *path, const char *interface, const char *member, sd_bus_error *error,
             sd_bus_message **ret_reply, const char *types, ...);
/* Signals, which are dispatched by sd_bus_process alone: not while an answer is waited for. */
int bus_listen(const char *match, sd_bus_message_handler_t handler, void *data);
/* A call to be filled in, and its sending, which releases it. */
Writer bus_begin(const char *path, const char *interface, const char *member);
int bus_finish(Writer *call, sd_bus_error *error, sd_bus_message **ret_reply);
/* A string or object path property, or NULL; complaints are the caller's. */
char *bus_property(const char *path, const char *interface, const char *name);

/* Options, an a{sv}: of calls that change (dry-run, diff, expected-revision, cascade,
 * force, affect, timeout), and of calls
 * that read (secrets, live). */
void append_change_options(Writer *call);
/* The same into an a{sv} that is open. */
void writer_change_options(Writer *call);
/* Those of a dry run of the same with another affect. */
void append_trial_options(Writer *call, const char *affect);
void append_read_options(Writer *call);
