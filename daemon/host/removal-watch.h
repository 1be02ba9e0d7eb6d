/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that a guest was asked to let go, until it does or refuses: libvirt's call answers before
 * the guest has, and tells by an event. One object per host; used by edits on workers, by their
 * waits on the main thread, and by the reader of libvirt's events; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct RemovalWatch RemovalWatch;

typedef enum {
    REMOVAL_UNKNOWN, /* nobody asked, or nobody waits for the answer any more */
    REMOVAL_ASKED,
    REMOVAL_DONE,
    REMOVAL_REFUSED,
} RemovalState;

RemovalWatch *removal_watch_new(void);
RemovalWatch *removal_watch_ref(RemovalWatch *watch);
/* NULL-safe. */
void removal_watch_unref(RemovalWatch *watch);

/* The guest is about to be asked for the device of that alias; its answer is kept until
 * removal_end(). */
void removal_begin(RemovalWatch *watch, const char *uuid, const char *alias, const char *kind,
                   const char *id);
/* libvirt has told that it is gone, or that the guest refuses. */
void removal_answered(RemovalWatch *watch, const char *uuid, const char *alias, bool refused);
/* The domain has stopped, and all its devices are gone. */
void removal_all_gone(RemovalWatch *watch, const char *uuid);
RemovalState removal_state(RemovalWatch *watch, const char *uuid, const char *alias);
/* Waits for the answer, at most so many µs. */
RemovalState removal_await(RemovalWatch *watch, const char *uuid, const char *alias, uint64_t usec);
/* Nobody waits for the answer any more; a device that is still asked for stays known as leaving. */
void removal_end(RemovalWatch *watch, const char *uuid, const char *alias);
/* It was never asked for. */
void removal_withdraw(RemovalWatch *watch, const char *uuid, const char *alias);
/* The id that is among the values of such a kind, of a device that was asked for and is still
 * there; NULL: none. values: NULL-terminated. */
char *removal_find(RemovalWatch *watch, const char *uuid, const char *kind,
                   const char *const *values);
