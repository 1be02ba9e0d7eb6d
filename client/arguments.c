/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parses options into the arg_* variables, from one table. It does not know the verbs, only which
 * of them take an option, as bits.
 */
#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

const char *arg_host, *arg_address, *arg_expect, *arg_preset;
bool arg_session, arg_dry_run, arg_diff, arg_cascade, arg_secrets, arg_live, arg_nvram,
    arg_managed_save;
bool arg_snapshots_metadata, arg_json, arg_no_pager, arg_verbose, arg_help, arg_version;

const Option options[] = {
    {"host", 'H', "NAME", 0, &arg_host, NULL, "the host to work on (default: local)"},
    {"session", 0, NULL, 0, NULL, &arg_session, "talk to the session bus, not the system bus"},
    {"address", 0, "ADDRESS", 0, &arg_address, NULL, "talk to the bus at this D-Bus address"},
    {"dry-run", 'n', NULL, OPTION_DRY_RUN, NULL, &arg_dry_run,
     "change nothing and show what would; exit status as diff(1)"},
    {"diff", 'd', NULL, OPTION_DIFF, NULL, &arg_diff, "show what was changed"},
    {"expect", 0, "REVISION", OPTION_EXPECT, &arg_expect, NULL,
     "change only if the configuration still has this revision"},
    {"cascade", 0, NULL, OPTION_CASCADE, NULL, &arg_cascade,
     "turning a feature off takes along what needs it"},
    {"preset", 0, "NAME", OPTION_PRESET, &arg_preset, NULL, "start from a preset"},
    {"secrets", 0, NULL, OPTION_SECRETS, NULL, &arg_secrets, "show passwords too"},
    {"live", 0, NULL, OPTION_LIVE, NULL, &arg_live,
     "look at the domain as it runs, not at its configuration"},
    {"nvram", 0, NULL, OPTION_UNDEFINE, NULL, &arg_nvram, "remove the firmware variables too"},
    {"managed-save", 0, NULL, OPTION_UNDEFINE, NULL, &arg_managed_save,
     "remove a saved memory image too"},
    {"snapshots-metadata", 0, NULL, OPTION_UNDEFINE, NULL, &arg_snapshots_metadata,
     "forget about snapshots too"},
    {"json", 0, NULL, 0, NULL, &arg_json, "write answers and errors as JSON"},
    {"no-pager", 0, NULL, 0, NULL, &arg_no_pager, "write to the terminal without a pager"},
    {"verbose", 'v', NULL, 0, NULL, &arg_verbose,
     "show defaults that were taken, and names of errors"},
    {"help", 'h', NULL, 0, NULL, &arg_help, "show help, for a verb when one is named"},
    {"version", 0, NULL, 0, NULL, &arg_version, "show the version"},
};
const size_t n_options = sizeof(options) / sizeof(*options);

#define MAX_OPTIONS 32

static bool given[MAX_OPTIONS];

_Static_assert(sizeof(options) / sizeof(*options) < MAX_OPTIONS, "given[] is too short");

static bool host_name_is_valid(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    return *name && name[strspn(name, letters)] == '\0';
}

static bool take_option(size_t index)
{
    const Option *option = &options[index];

    given[index] = true;
    if (option->flag)
        *option->flag = true;
    else
        *option->text = optarg;
    if (option->text == &arg_host && !host_name_is_valid(arg_host)) {
        report_usage("\"%s\" is not the name of a host: it has letters, digits and \"_\" only; "
                     "\"domwright hosts\" lists them.",
                     arg_host);
        return false;
    }
    return true;
}

static void complain(const char *word, int problem)
{
    if (problem == ':')
        report_usage("%s needs an argument; see \"domwright --help\".", word);
    else
        report_usage("There is no option %s; see \"domwright --help\".", word);
}

int arguments_parse(int argc, char *argv[])
{
    struct option longs[MAX_OPTIONS] = {0};
    char shorts[2 * MAX_OPTIONS + 2] = ":";

    for (size_t i = 0; i < n_options; i++) {
        const Option *option = &options[i];

        longs[i] = (struct option){option->name, option->argument ? required_argument : no_argument,
                                   NULL, option->letter ? option->letter : 256 + (int)i};
        if (option->letter) {
            size_t end = strlen(shorts);

            shorts[end] = option->letter;
            if (option->argument)
                shorts[end + 1] = ':';
        }
    }
    for (;;) {
        int value, word = optind;

        value = getopt_long(argc, argv, shorts, longs, NULL);
        if (value < 0)
            break;
        if (value == '?' || value == ':') {
            complain(argv[optind > word ? optind - 1 : word], value);
            return -1;
        }
        for (size_t i = 0; i < n_options; i++)
            if (longs[i].val == value && !take_option(i))
                return -1;
    }
    if (arg_session && arg_address) {
        report_usage("--session and --address name two buses; give one of them.");
        return -1;
    }
    return optind;
}

bool arguments_fit(const char *verb, unsigned accepted)
{
    for (size_t i = 0; i < n_options; i++) {
        if (!given[i] || !options[i].verbs || (options[i].verbs & accepted))
            continue;
        report_usage("\"%s\" does not take --%s; see \"domwright %s --help\".", verb,
                     options[i].name, verb);
        return false;
    }
    return true;
}
