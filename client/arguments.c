/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the options of the command line: one table gives parsing into the arg_* variables, --help
 * and completion. main() parses; verbs and calls read the variables. Main thread.
 */
#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "common/nearest.h"
#include "common/words.h"
#include "terminal/report.h"
#include "text/hints.h"

const char *arg_host, *arg_address, *arg_expect, *arg_preset, *arg_columns, *arg_state,
    *arg_timeout, *arg_boot, *arg_until;
const char *arg_prefer;
bool arg_new_serials, arg_drop_hostdevs;
unsigned arg_seconds;
bool arg_autostart, arg_force, arg_paused;
bool arg_session, arg_dry_run, arg_diff, arg_cascade, arg_secrets, arg_live, arg_nvram,
    arg_managed_save;
bool arg_now, arg_snapshots_metadata, arg_json, arg_no_pager, arg_verbose, arg_help, arg_version;

static const char *const states[] = {"running", "paused",  "shutoff",     "idle", "shutdown",
                                     "crashed", "nostate", "pmsuspended", NULL};
static const char *const ends[] = {"stop", "reboot", NULL};
static const char *const sides[] = {"mine", "theirs", NULL};

const Option options[] = {
    {"host", 'H', "NAME", 0, &arg_host, NULL, "the host to work on (default: local)"},
    {"session", 0, NULL, 0, NULL, &arg_session, "use the session bus, not the system bus"},
    {"address", 0, "ADDRESS", 0, &arg_address, NULL, "use the bus at this D-Bus address"},
    {"dry-run", 'n', NULL, OPTION_DRY_RUN, NULL, &arg_dry_run,
     "change nothing, show what would change; exit status as diff(1)"},
    {"diff", 'd', NULL, OPTION_DIFF, NULL, &arg_diff, "show what was changed"},
    {"expect", 0, "REVISION", OPTION_EXPECT, &arg_expect, NULL,
     "change only if the configuration still has this revision"},
    {"cascade", 0, NULL, OPTION_CASCADE, NULL, &arg_cascade,
     "turn off what needs a feature together with it"},
    {"preset", 0, "NAME", OPTION_PRESET, &arg_preset, NULL, "start from a preset"},
    {"secrets", 0, NULL, OPTION_SECRETS, NULL, &arg_secrets, "show passwords too"},
    {"live", 0, NULL, OPTION_LIVE, NULL, &arg_live,
     "read or change the running domain, not its configuration"},
    {"now", 0, NULL, OPTION_NOW, NULL, &arg_now,
     "change the running domain and its configuration, both or neither"},
    {"nvram", 0, NULL, OPTION_UNDEFINE, NULL, &arg_nvram, "also remove the firmware variables"},
    {"managed-save", 0, NULL, OPTION_UNDEFINE, NULL, &arg_managed_save,
     "also remove a saved memory image"},
    {"snapshots-metadata", 0, NULL, OPTION_UNDEFINE, NULL, &arg_snapshots_metadata,
     "also remove the metadata of snapshots"},
    {"columns", 'o', "COLUMNS", OPTION_LIST, &arg_columns, NULL,
     "print these columns, with commas between them"},
    {"state", 0, "STATE", OPTION_LIST, &arg_state, NULL,
     "only domains in this state: running, paused, shutoff, ...", states},
    {"autostart", 0, NULL, OPTION_LIST, NULL, &arg_autostart,
     "only domains that start with the host"},
    {"force", 0, NULL, OPTION_RESTART | OPTION_FORCE, NULL, &arg_force,
     "do it against the guest's will: turn it off, take a medium out of a locked tray"},
    {"timeout", 0, "SECONDS", OPTION_RESTART | OPTION_NOW, &arg_timeout, NULL,
     "how long to wait for the guest (default: 60 for a restart, else 10)"},
    {"boot", 0, "DEVICES", OPTION_START, &arg_boot, NULL,
     "start from these devices this once: KIND/ID,KIND/ID..."},
    {"until", 0, "WHEN", OPTION_START, &arg_until, NULL,
     "how long this once lasts: stop (default) or reboot", ends},
    {"paused", 0, NULL, OPTION_START, NULL, &arg_paused, "start it suspended"},
    {"new-serials", 0, NULL, OPTION_CLONE, NULL, &arg_new_serials,
     "give the clone's disks and system other serial numbers"},
    {"drop-hostdevs", 0, NULL, OPTION_CLONE, NULL, &arg_drop_hostdevs,
     "leave host devices out of the clone"},
    {"prefer", 0, "SIDE", OPTION_PREFER, &arg_prefer, NULL,
     "which side counts where both changed something: mine (the draft) or theirs", sides},
    {"json", 0, NULL, 0, NULL, &arg_json, "print answers and errors as JSON"},
    {"no-pager", 0, NULL, 0, NULL, &arg_no_pager, "print to the terminal without a pager"},
    {"verbose", 'v', NULL, 0, NULL, &arg_verbose,
     "show defaults that were filled in, and names of errors"},
    {"help", 'h', NULL, 0, NULL, &arg_help, "show help, for a verb when one is named"},
    {"version", 0, NULL, 0, NULL, &arg_version, "show the version"},
};
const size_t n_options = sizeof(options) / sizeof(*options);

#define MAX_OPTIONS 48

static bool given[MAX_OPTIONS];

_Static_assert(sizeof(options) / sizeof(*options) < MAX_OPTIONS, "given[] is too short");

#define LONGEST_WAIT 3600 /* the daemon's limit */

static bool take_timeout(void)
{
    char *end = NULL;
    unsigned long seconds = strtoul(arg_timeout, &end, 10);

    arg_seconds = (unsigned)seconds;
    if (*arg_timeout >= '0' && *arg_timeout <= '9' && !*end && seconds <= LONGEST_WAIT)
        return true;
    report_usage("--timeout: \"%s\" is no number of seconds up to %d.", arg_timeout, LONGEST_WAIT);
    return false;
}

static bool has_value(const Option *option, const char *argument)
{
    _cleanup_free_ char *known = NULL;

    for (size_t i = 0; option->values && option->values[i]; i++) {
        char *longer;

        if (strcmp(option->values[i], argument) == 0)
            return true;
        longer = format_string("%s%s%s", known ? known : "", known ? ", " : "", option->values[i]);
        free(known);
        known = longer;
    }
    if (option->values)
        report_usage("--%s: \"%s\" is none of %s.", option->name, argument, known);
    return !option->values;
}

static bool take_option(size_t index)
{
    const Option *option = &options[index];

    if (option->text && given[index] && strcmp(*option->text, optarg) != 0) {
        report_usage("--%s is given twice, with \"%s\" and with \"%s\"; give it once.",
                     option->name, *option->text, optarg);
        return false;
    }
    given[index] = true;
    if (option->flag)
        *option->flag = true;
    else
        *option->text = optarg;
    report_set_style(arg_json, arg_verbose);
    if (option->text == &arg_host && !host_name_is_valid(arg_host)) {
        report_usage("\"%s\" is not the name of a host: it has letters, digits and \"_\" only; "
                     "\"domwright hosts\" lists them.",
                     arg_host);
        return false;
    }
    if (option->text && !has_value(option, optarg))
        return false;
    return option->text != &arg_timeout || take_timeout();
}

static const char *nearest_option(const char *word)
{
    const char *names[sizeof(options) / sizeof(*options) + 1] = {NULL};
    _cleanup_free_ char *name = copy_bytes(word, strcspn(word, "="));

    for (size_t i = 0; i < n_options; i++)
        names[i] = options[i].name;
    return strncmp(name, "--", 2) == 0 ? nearest_word(name + 2, names) : NULL;
}

static void complain(const char *word, int problem)
{
    _cleanup_free_ char *hint = hint_for_option(word);
    const char *nearest = nearest_option(word);

    if (problem == ':')
        report_usage("%s needs an argument; see \"domwright --help\".", word);
    else if (hint)
        report_usage("There is no option %s. %s", word, hint);
    else if (nearest)
        report_usage("There is no option %s; did you mean --%s?", word, nearest);
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
    if (arg_now && arg_live) {
        report_usage("--now changes the running domain and its configuration, --live the running "
                     "domain alone; give one of them.");
        return -1;
    }
    if (arg_session && arg_address) {
        report_usage("--session and --address name two buses; give one of them.");
        return -1;
    }
    return optind;
}

/* Of changes; a restart is of what runs anyway. */
static bool guest_is_meant(unsigned accepted)
{
    const char *option = arg_timeout ? "timeout" : arg_force ? "force" : NULL;

    if (!option || !(accepted & OPTION_NOW) || arg_now || arg_live)
        return true;
    report_usage("--%s is about the running guest, and the configuration alone is to change; give "
                 "--now or --live, too.",
                 option);
    return false;
}

bool arguments_fit(const char *verb, unsigned accepted)
{
    for (size_t i = 0; i < n_options; i++) {
        if (!given[i] || !options[i].verbs || (options[i].verbs & accepted))
            continue;
        const char *hint = hint_for_surplus_option(options[i].name);

        if (hint)
            report_usage("\"%s\" does not take --%s. %s", verb, options[i].name, hint);
        else
            report_usage("\"%s\" does not take --%s; see \"domwright %s --help\".", verb,
                         options[i].name, verb);
        return false;
    }
    return guest_is_meant(accepted);
}
