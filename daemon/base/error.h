/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors of the daemon, beside the model's, and the one place where a GError becomes a D-Bus error.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-bus.h>

#include <domwright/model.h>

#define DAEMON_ERROR (daemon_error_quark())
GQuark daemon_error_quark(void);

typedef enum {
    DAEMON_ERROR_CONFLICT,         /* the document is not the one the caller saw */
    DAEMON_ERROR_HOST_UNAVAILABLE, /* no connection, or no answer in time */
    DAEMON_ERROR_OUTCOME_UNKNOWN,  /* the same, while libvirt was changing something */
    DAEMON_ERROR_BUSY,             /* a queue is full, or the daemon is stopping */
    DAEMON_ERROR_CANCELLED,        /* not begun, because something before it failed */
    DAEMON_ERROR_LIBVIRT,          /* anything else libvirt said */
    DAEMON_ERROR_ACCESS_DENIED,
    DAEMON_ERROR_AUTHENTICATION, /* the same, but asking the user would have helped */
    DAEMON_ERROR_UNKNOWN_OBJECT,
    DAEMON_ERROR_FAILED, /* the daemon's own trouble: memory, a file */
} DaemonErrorCode;

/* Why what has not begun is refused with BUSY while the daemon ends. */
#define STOPPING_MESSAGE "The service is stopping."
/* LIMIT_EXCEEDED when a text is longer than DW_MAX_BYTES; what: "The document", "The answer". */
bool check_length(const char *what, gsize length, GError **error);

/* The D-Bus name of an error of DW_ERROR, DAEMON_ERROR or any other domain. */
const char *error_name(const GError *error);
/* What sd-bus or sd-event returned that may not fail unnoticed: an answer, a signal, a timer.
 * Without memory for it the program ends, as GLib would end it, rather than leave others waiting,
 * or in the belief that nothing has happened. */
int need_memory(int r);
/* The message as text that the bus passes on. */
char *error_text(const GError *error);
/* The error as an answer to the call; NULL when none is wanted. */
sd_bus_message *error_answer(sd_bus_message *call, const GError *error);
