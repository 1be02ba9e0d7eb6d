/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of verbs, and finding one by the words a person wrote. It does no work of a verb. */
#include "verbs.h"

#include <string.h>

#include "arguments.h"
#include "memory.h"
#include "report.h"

#define EDIT OPTIONS_EDIT, VERB_CHANGES

/* clang-format off */
const Verb verbs[] = {
    {"list", "[PATTERN]", 0, 1, 0, VERB_LONG, "d", run_list,
     "list the domains of all hosts, or of the one named with --host", NULL},
    {"show", "DOMAIN [PREFIX]", 1, 2, OPTIONS_READ, VERB_LONG, "ts", run_show,
     "show settings and devices, all or those whose name begins with PREFIX",
     "Names are written as \"set\" takes them: memory, disk/vda/driver.cache."},
    {"get", "DOMAIN KEY...", 2, -1, OPTIONS_READ, 0, "tg", run_get,
     "print values for programs, sizes in bytes",
     "One KEY: its value only. Several, or a prefix such as \"cpu.*\": KEY=VALUE lines.\n"
     "A KEY that is not set is a failure."},
    {"set", "DOMAIN CHANGE...", 2, -1, EDIT, "ta", run_set,
     "change settings and devices, all in one transaction",
     "CHANGE is KEY=VALUE or KEY- (unset) for the domain, KIND/ID/KEY=VALUE or KIND/ID/KEY-\n"
     "for a device. Sizes need a unit.\n"
     "  domwright set web memory=4GiB disk/vda/driver.cache=none cpu.model-"},
    {"add", "DOMAIN KIND [KEY=VALUE...]", 2, -1, EDIT, "tkp", run_add,
     "add a device and print its id",
     "  domwright add web disk source.file=/srv/web.qcow2 target.bus=virtio"},
    {"remove", "DOMAIN KIND ID... | KIND/ID...", 2, -1, EDIT, "tDi", run_remove,
     "remove devices", "  domwright remove web disk vdb"},
    {"hyperv", "DOMAIN FEATURE...", 2, -1, EDIT, "th", run_hyperv,
     "turn Hyper-V features on and off",
     "FEATURE is NAME, NAME=off or NAME=VALUE; \"recommended\" stands for the usual set,\n"
     "\"all=off\" takes all away.\n"
     "  domwright hyperv web recommended spinlocks.retries=8191 vapic=off"},
    {"preset", "DOMAIN NAME", 2, 2, EDIT, "tP", run_preset,
     "apply a preset such as windows or linux", NULL},
    {"boot", "DOMAIN KIND/ID... | none", 2, -1, EDIT, "tD", run_boot,
     "set the order of devices to start from",
     "  domwright boot web disk/vda interface/52:54:00:12:34:56"},
    {"create", "NAME [KEY=VALUE...] [KIND [KEY=VALUE...]]...", 1, -1,
     OPTION_DRY_RUN | OPTION_DIFF | OPTION_PRESET, VERB_CHANGES, "nb", run_create,
     "define a new domain from settings and devices",
     "A word that is no KEY=VALUE begins a device of that kind. NAME may be a FILE, or \"-\":\n"
     "then the document is written there and nothing is defined.\n"
     "  domwright create web memory=2GiB vcpu=2 disk source.file=/srv/web.qcow2"},
    {"define", "FILE", 1, 1, OPTIONS_CHANGE, VERB_CHANGES, "f", run_define,
     "define the new domain a document describes",
     "With --expect the document takes the place of the domain of its UUID."},
    {"undefine", "DOMAIN", 1, 1, OPTION_UNDEFINE, VERB_CHANGES, "d", run_undefine,
     "remove a domain's definition; never its storage", NULL},
    {"xml", "DOMAIN", 1, 1, OPTIONS_READ, VERB_LONG, "t", run_xml,
     "print the document", NULL},
    {"diff", "DRAFT | DOMAIN DOMAIN", 1, 2, 0, VERB_COMPARES | VERB_LONG, "tt", run_diff,
     "show how a draft differs from its domain, or two documents from each other",
     "Exit status 0: they are the same; 1: they differ; 2: trouble."},
    {"edit", "DOMAIN", 1, 1, OPTION_DRY_RUN | OPTION_DIFF, VERB_CHANGES, "t", run_edit,
     "edit the document in $VISUAL or $EDITOR and put it back if nobody else has changed it", NULL},
    {"validate", "DOMAIN", 1, 1, 0, VERB_COMPARES | VERB_LONG, "t", run_validate,
     "list what is wrong", "Exit status 0: no errors; 1: errors; 2: it could not be checked."},
    {"start", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "start it", NULL},
    {"shutdown", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "ask the guest to shut down", NULL},
    {"destroy", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "take away its power", NULL},
    {"reboot", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "ask the guest to restart", NULL},
    {"reset", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "press its reset button", NULL},
    {"suspend", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "pause it, in memory", NULL},
    {"resume", "DOMAIN", 1, 1, 0, VERB_CHANGES, "d", run_control,
     "let it run on", NULL},
    {"autostart", "DOMAIN [on | off]", 1, 2, 0, VERB_CHANGES, "do", run_autostart,
     "start it with its host, or not; without on or off, print which", NULL},
    {"draft list", "", 0, 0, 0, VERB_LONG, "", run_draft_list,
     "list your drafts", NULL},
    {"draft new", "[NAME] [KEY=VALUE...] [KIND [KEY=VALUE...]]...", 0, -1, OPTION_PRESET, 0, "nb",
     run_draft_new,
     "make a draft of a new domain and print its path",
     "A draft's path or its last part stands in place of DOMAIN with the other verbs."},
    {"draft open", "DOMAIN | FILE", 1, 1, 0, 0, "t", run_draft_open,
     "make a draft of a domain or a document and print its path", NULL},
    {"draft show", "DRAFT [PREFIX]", 1, 2, OPTION_SECRETS, VERB_LONG, "rs", run_draft_show,
     "show what is in a draft", NULL},
    {"draft diff", "DRAFT", 1, 1, 0, VERB_COMPARES | VERB_LONG, "r", run_draft_diff,
     "show how a draft differs from its domain",
     "Exit status 0: not at all; 1: it does; 2: trouble."},
    {"draft commit", "DRAFT", 1, 1, OPTION_DRY_RUN | OPTION_DIFF, VERB_CHANGES, "r", run_draft_commit,
     "define what a draft says and print the domain's name",
     "A draft without a host goes to the one named with --host."},
    {"draft discard", "DRAFT...", 1, -1, 0, 0, "r", run_draft_discard,
     "throw drafts away", NULL},
    {"keys", "[KIND] [PREFIX]", 0, 2, 0, VERB_LONG, "Kc", run_keys,
     "list the keys there are, of the domain or of a kind of device, and what they take", NULL},
    {"choices", "KEY | KIND KEY [NAME=VALUE...]", 1, -1, 0, VERB_LONG, "cc", run_choices,
     "list what a host accepts for a key, or has that the key can name",
     "NAME is arch, machine, type or emulator; or pool, for volumes.\n"
     "  domwright choices disk target.bus\n"
     "  domwright choices disk source.volume pool=images"},
    {"capabilities", "[domain] [NAME=VALUE...]", 0, -1, 0, VERB_LONG, "C", run_capabilities,
     "show what a host can do; with \"domain\" or an argument, what its guests can be",
     "NAME is arch, machine, type or emulator.\n"
     "  domwright capabilities arch=x86_64 machine=q35"},
    {"hosts", "", 0, 0, 0, VERB_LONG, "", run_hosts,
     "list the hosts and how they are", NULL},
    {"path", "DOMAIN", 1, 1, 0, 0, "d", run_path,
     "print the D-Bus path of a domain or draft", NULL},
    {"watch", "[PATTERN]", 0, 1, 0, 0, "d", run_watch,
     "tell what happens to domains until interrupted", NULL},
    /* For the shell's completion: the words of a command line so far, the last one unfinished; prints
     * what that may become, one a line; "=files" means names of files. */
    {"complete", "WORD...", 0, -1, 0, VERB_HIDDEN, "", run_complete,
     "complete a command line", NULL},
};
/* clang-format on */
const size_t n_verbs = sizeof(verbs) / sizeof(*verbs);

/* Edit distance, transpositions counted as one; words are short. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 24 };
    size_t rows[LONGEST + 1][LONGEST + 1], na = strlen(a), nb = strlen(b);

    if (na > LONGEST || nb > LONGEST)
        return LONGEST;
    for (size_t i = 0; i <= na; i++) {
        for (size_t j = 0; j <= nb; j++) {
            size_t best;

            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            best = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (rows[i - 1][j] + 1 < best)
                best = rows[i - 1][j] + 1;
            if (rows[i][j - 1] + 1 < best)
                best = rows[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                rows[i - 2][j - 2] + 1 < best)
                best = rows[i - 2][j - 2] + 1;
            rows[i][j] = best;
        }
    }
    return rows[na][nb];
}

static const char *nearest_verb(const char *word)
{
    size_t least = strlen(word) / 3 + 2;
    const char *nearest = NULL;

    for (size_t i = 0; i < n_verbs; i++) {
        size_t away = distance(word, verbs[i].name);

        if (!(verbs[i].flags & VERB_HIDDEN) && away < least) {
            least = away;
            nearest = verbs[i].name;
        }
    }
    return nearest;
}

static const Verb *verb_named(const char *name)
{
    for (size_t i = 0; i < n_verbs; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static bool begins_pair(const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i < n_verbs; i++)
        if (strncmp(verbs[i].name, word, length) == 0 && verbs[i].name[length] == ' ')
            return true;
    return false;
}

const Verb *verb_find(char *words[], int count, int *ret_used)
{
    _cleanup_free_ char *pair = NULL;
    const char *name = words[0], *nearest;
    const Verb *verb;

    *ret_used = 1;
    if (begins_pair(name)) {
        pair = format_string("%s %s", name, count > 1 ? words[1] : "list");
        name = pair;
        *ret_used = count > 1 ? 2 : 1;
    }
    verb = verb_named(name);
    if (verb)
        return verb;
    nearest = nearest_verb(name);
    if (nearest)
        report_usage("There is no verb \"%s\"; did you mean \"%s\"?", name, nearest);
    else
        report_usage("There is no verb \"%s\"; \"domwright --help\" lists them.", name);
    return NULL;
}

bool verb_takes(const Verb *verb, int count)
{
    if (count >= verb->min && (verb->max < 0 || count <= verb->max))
        return true;
    report_usage("\"%s\" takes %s arguments: domwright %s %s", verb->name,
                 count < verb->min ? "more" : "fewer", verb->name, verb->arguments);
    return false;
}
