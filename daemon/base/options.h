/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of methods, as plain data: one struct and one list of names for the whole contract,
 * checked strictly. Read from messages by bus/options.h, used by handlers and by operations.
 */
#pragma once

#include <domwright/model.h>

typedef enum { CHOICE_ABSENT, CHOICE_NO, CHOICE_YES } OptionChoice;

/* Which side of a domain a change is for: what starts next, what runs, both, or what can be done.
 */
typedef enum { AFFECT_CONFIG, AFFECT_LIVE, AFFECT_BOTH, AFFECT_AUTO } Affect;

/* How long to wait for a guest. */
typedef struct {
    bool given;
    uint32_t milliseconds;
} OptionWait;

typedef struct {
    bool clone, new_serials, drop_hostdevs;
    bool live, secrets, dry_run, diff, cascade, force, keep, stop_on_error, paused, names,
        incomplete;
    OptionChoice active, nvram, managed_save, snapshots_metadata;
    char *expected_revision, *affect, *host, *preset, *name, *prefer, *until, *draft;
    char *arch, *machine, *type, *emulator, *pool;
    char **columns;
    char **boot;                     /* KIND/ID each */
    DwSettings *expected, *settings; /* expected: all values are strings */
    DwSettings *disks;               /* the same */
    uint64_t limit, before;          /* 0: not given */
    OptionWait timeout;
} Options;

void options_clear(Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* known: the options this method takes, separated by blanks. INVALID_VALUE for any other, or one of
 * the wrong type. Adds to ret_options. */
bool options_take(const DwSettings *settings, const char *known, Options *ret_options,
                  GError **error);
/* The D-Bus type of an option that is neither a plain value nor a list of strings: "a{ss}", "a{sv}"
 * or "a(ss)"; else NULL. Where it is kept: a DwSettings *, of "a(ss)" a char ** of KIND/ID. */
const char *options_nested_type(const char *name);
void *options_nested(Options *options, const char *name);
/* Option affect; INVALID_VALUE. */
bool options_affect(const Options *options, Affect *ret_affect, GError **error);
/* For methods that only change what starts next: UNSUPPORTED when another side is asked for. */
bool options_check_affect(const Options *options, GError **error);
const char *affect_name(Affect affect);
/* Option timeout, in µs; 10 s unless given. */
uint64_t options_timeout(const Options *options);

#define OPTIONS_NONE   ""
#define OPTIONS_READ   "live secrets"
#define OPTIONS_AFFECT "affect timeout force keep"
#define OPTIONS_EDIT   "dry-run diff expected-revision cascade " OPTIONS_AFFECT
