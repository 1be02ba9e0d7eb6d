/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines for the administrator: to the journal where systemd has given us one, elsewhere to the
 * standard error output. A journal that takes nothing for a while stops nobody: what it does not
 * take at once waits for a thread that hands it over later, in order; what is too much is counted.
 * From any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define LOG_JOURNAL "/run/systemd/journal/socket"

/* Entries that wait at most. */
#define LOG_MAX_WAITING 4096

/* Finds out where lines go; journal is the path of its socket. Before other threads start. */
void log_open(const char *journal);
/* Gives what waits a moment to be taken. */
void log_close(void);

bool log_has_journal(void);
void log_line(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* An entry of the journal: fields NAME=value without line feeds. */
void log_entry(char **fields);
