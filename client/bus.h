/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to domwrightd, and calls on it. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include <domwright/names.h>

/* Connects on first use; NULL after a complaint. Owned here. */
sd_bus *bus_get(void);
/* From now on calls may lead to a question of polkit's: starts the text agent where a person is. */
void bus_expect_questions(void);
/* Nobody waits long: answers that take more than a moment are not wanted any more. */
void bus_be_impatient(void);
void bus_close(void);

/* Calls without a complaint; types and values as for sd_bus_message_append. */
int bus_call(const char *path, const char *interface, const char *member, sd_bus_error *error,
             sd_bus_message **ret_reply, const char *types, ...);
/* A call to be filled in, and its sending. */
int bus_prepare(const char *path, const char *interface, const char *member,
                sd_bus_message **ret_message);
int bus_send(sd_bus_message *message, sd_bus_error *error, sd_bus_message **ret_reply);
/* A string or object path property, or NULL; complaints are the caller's. */
char *bus_property(const char *path, const char *interface, const char *name);

/* Options, an a{sv}: of calls that change (dry-run, diff, expected-revision, cascade), and of calls
 * that read (secrets, live). */
int append_change_options(sd_bus_message *message);
int append_read_options(sd_bus_message *message);
int append_string_option(sd_bus_message *message, const char *name, const char *value);
int append_bool_option(sd_bus_message *message, const char *name, bool value);

/* The path of the host named by --host, "local" without. */
char *host_path(void);
