/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The a{sv} options every method ends in: one list of names for the whole contract, checked
 * strictly. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-bus.h>

typedef enum { CHOICE_ABSENT, CHOICE_NO, CHOICE_YES } OptionChoice;

typedef struct {
    bool live, secrets, dry_run, diff, cascade;
    OptionChoice active, nvram, managed_save, snapshots_metadata;
    char *expected_revision, *affect, *host, *preset, *name;
    char *arch, *machine, *type, *emulator, *pool;
    char **columns;
} Options;

void options_clear(Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Reads the next argument. known: the options this method takes, separated by blanks. INVALID_VALUE
 * for any other, one given twice, or one of the wrong type. */
bool options_read(sd_bus_message *message, const char *known, Options *ret_options, GError **error);

#define OPTIONS_NONE ""
#define OPTIONS_READ "live secrets"
#define OPTIONS_EDIT "dry-run diff expected-revision affect cascade"
