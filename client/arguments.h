/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of the command line: one table gives parsing, --help and completion. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

extern const char *arg_host;    /* NULL: not named */
extern const char *arg_address; /* NULL: the system bus */
extern const char *arg_expect;  /* NULL: any revision */
extern const char *arg_preset;  /* NULL: none */
extern const char *arg_columns; /* NULL: the usual ones */
extern const char *arg_state;   /* NULL: any */
extern const char *arg_boot;    /* NULL: the configuration's */
extern const char *arg_until;   /* NULL: until it is off */
extern const char *arg_prefer;  /* "mine", "theirs"; NULL: neither */
extern bool arg_new_serials;
extern bool arg_drop_hostdevs;
extern const char *arg_timeout; /* NULL: the usual time */
extern unsigned arg_seconds;    /* of arg_timeout */
extern bool arg_autostart;
extern bool arg_force;
extern bool arg_paused;
extern bool arg_session;
extern bool arg_dry_run;
extern bool arg_diff;
extern bool arg_cascade;
extern bool arg_secrets;
extern bool arg_live;
extern bool arg_now;
extern bool arg_nvram;
extern bool arg_managed_save;
extern bool arg_snapshots_metadata;
extern bool arg_json;
extern bool arg_no_pager;
extern bool arg_verbose;
extern bool arg_help;
extern bool arg_version;

/* Options that only some verbs take. */
enum {
    OPTION_DRY_RUN = 1 << 0,
    OPTION_DIFF = 1 << 1,
    OPTION_EXPECT = 1 << 2,
    OPTION_PRESET = 1 << 3,
    OPTION_SECRETS = 1 << 4,
    OPTION_UNDEFINE = 1 << 5, /* what undefine may take along */
    OPTION_CASCADE = 1 << 6,
    OPTION_LIVE = 1 << 7,
    OPTION_LIST = 1 << 8,
    OPTION_RESTART = 1 << 9, /* how long to wait for the guest, and what then */
    OPTION_NOW = 1 << 10,
    OPTION_FORCE = 1 << 11,
    OPTION_START = 1 << 12, /* how it is started this once */
    OPTION_CLONE = 1 << 13,
    OPTION_PREFER = 1 << 14,
    OPTIONS_CHANGE = OPTION_DRY_RUN | OPTION_DIFF | OPTION_EXPECT,
    OPTIONS_AFFECT = OPTION_NOW | OPTION_LIVE,
    OPTIONS_EDIT = OPTIONS_CHANGE | OPTION_CASCADE | OPTIONS_AFFECT,
    OPTIONS_READ = OPTION_SECRETS | OPTION_LIVE,
};

typedef struct {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL: none */
    unsigned verbs;       /* OPTION_*; 0: every verb takes it */
    const char **text;    /* where an argument goes */
    bool *flag;           /* what an option without one sets */
    const char *doc;
    const char *const *values; /* what the argument may be, ending with NULL; NULL: anything */
} Option;

extern const Option options[];
extern const size_t n_options;

/* Moves the options to the front of argv and returns the index of the first word that is none, or
 * -1 when it has complained. */
int arguments_parse(int argc, char *argv[]);
/* Complains about an option that the verb does not take: false. accepted: OPTION_*. */
bool arguments_fit(const char *verb, unsigned accepted);
