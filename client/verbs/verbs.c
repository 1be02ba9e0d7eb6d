/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the table of verbs. It alone includes the header of every verb; parsing, --help, the
 * manual's check and completion read the table through verbs/verb.h.
 */
#include "arguments.h"
#include "verbs/change.h"
#include "verbs/clone.h"
#include "verbs/complete.h"
#include "verbs/control.h"
#include "verbs/define.h"
#include "verbs/document.h"
#include "verbs/draft.h"
#include "verbs/edit.h"
#include "verbs/explain.h"
#include "verbs/help.h"
#include "verbs/history.h"
#include "verbs/list.h"
#include "verbs/offers.h"
#include "verbs/pending.h"
#include "verbs/show.h"
#include "verbs/watch.h"

#define EDIT OPTIONS_EDIT, VERB_CHANGES | VERB_DRAFTS

/* clang-format off */
const Verb verbs[] = {
    {"list", "[PATTERN]", 0, 1, OPTION_LIST, VERB_LONG, {offer_domains}, run_list,
     "list domains, of all hosts or of the one named with --host",
     "Rows are sorted by name. Columns are name, uuid, id, state, active, persistent, autostart,\n"
     "title, host, started-at, pending, or any key, such as memory.\n"
     "  domwright list --state=running -o name,autostart,title", "Inspect"},
    {"show", "DOMAIN [PREFIX]", 1, 2,
     OPTIONS_READ, VERB_LONG | VERB_DRAFTS, {offer_targets, offer_present}, run_show,
     "show settings and devices, all or those whose name begins with PREFIX",
     "Names are written as \"set\" takes them: memory, disk/vda/driver.cache. On a terminal, what\n"
     "a running guest has otherwise is marked with what it runs with.", NULL},
    {"get", "DOMAIN KEY...", 2, -1, OPTIONS_READ, VERB_DRAFTS, {offer_targets, offer_present}, run_get,
     "print values for programs, sizes in bytes",
     "One KEY: its value only. Several, or a prefix such as \"cpu.*\": KEY=VALUE lines.\n"
     "A KEY that is not set is a failure.", NULL},
    {"xml", "DOMAIN", 1, 1, OPTIONS_READ, VERB_LONG | VERB_DRAFTS, {offer_targets}, run_xml,
     "print the document",
     NULL, NULL},
    {"diff", "DRAFT | DOMAIN DOMAIN", 1, 2,
     0, VERB_COMPARES | VERB_LONG | VERB_DRAFTS, {offer_targets, offer_targets}, run_diff,
     "show how a draft differs from its domain, or two documents from each other",
     "Exit status 0: they are the same; 1: they differ; 2: trouble.", NULL},
    {"validate", "DOMAIN", 1, 1, 0, VERB_COMPARES | VERB_LONG | VERB_DRAFTS, {offer_targets}, run_validate,
     "list errors, warnings and remarks about a configuration",
     "Exit status 0: no errors; 1: errors; 2: it could not be checked.", NULL},
    {"history", "DOMAIN [REVISION | TIME]", 1, 2, 0, VERB_LONG, {offer_domains, offer_revisions}, run_history,
     "list earlier definitions, or show what changed since one",
     "Each row is a change, newest first, with the revision before it.\n"
     "  domwright history web 2026-11-28", NULL},
    {"pending", "[DOMAIN]", 0, 1, 0, VERB_LONG, {offer_domains}, run_pending,
     "list what waits until a guest is started again",
     "WAITS is restart: the next start applies it; now: it could be changed in the running guest,\n"
     "too; lost: only the running guest has it, until it stops. \"?\": perhaps it is libvirt's own\n"
     "doing, since nobody saw the guest start.", NULL},
    {"path", "DOMAIN", 1, 1, 0, 0, {offer_domains}, run_path,
     "print the D-Bus path of a domain or draft",
     NULL, NULL},
    {"watch", "[PATTERN]", 0, 1, 0, 0, {offer_domains}, run_watch,
     "print domain events until interrupted",
     NULL, NULL},
    {"set", "DOMAIN CHANGE...", 2, -1, EDIT, {offer_targets, offer_changes}, run_set,
     "change settings and devices, all in one transaction",
     "CHANGE is KEY=VALUE or KEY- (unset) for the domain, KIND/ID/KEY=VALUE or KIND/ID/KEY-\n"
     "for a device. Sizes need a unit.\n"
     "  domwright set web memory=4GiB disk/vda/driver.cache=none cpu.model-", "Modify"},
    {"add", "DOMAIN KIND [KEY=VALUE...]", 2, -1,
     EDIT, {offer_targets, offer_kinds, offer_added}, run_add,
     "add a device and print its id",
     "  domwright add web disk source.file=/srv/web.qcow2 target.bus=virtio", NULL},
    {"remove", "DOMAIN KIND ID... | KIND/ID...", 2, -1,
     OPTIONS_EDIT, VERB_CHANGES | VERB_DESTROYS | VERB_DRAFTS, {offer_targets, offer_removable, offer_more_removable}, run_remove,
     "remove devices",
     "  domwright remove web disk vdb", NULL},
    {"hyperv", "DOMAIN FEATURE...", 2, -1, EDIT, {offer_targets, offer_features}, run_hyperv,
     "turn Hyper-V features on and off",
     "FEATURE is NAME, NAME=off or NAME=VALUE; \"recommended\" stands for the usual set,\n"
     "\"all=off\" removes all.\n"
     "  domwright hyperv web recommended spinlocks.retries=8191 vapic=off", NULL},
    {"preset", "DOMAIN NAME", 2, 2, EDIT, {offer_targets, offer_presets}, run_preset,
     "apply a preset such as windows or linux",
     NULL, NULL},
    {"boot", "DOMAIN KIND/ID... | none", 2, -1, EDIT, {offer_targets, offer_removable}, run_boot,
     "set the order of devices to start from",
     "  domwright boot web disk/vda interface/52:54:00:12:34:56", NULL},
    {"eject", "DOMAIN TARGET", 2, 2,
     OPTIONS_EDIT | OPTION_FORCE, VERB_CHANGES | VERB_DRAFTS, {offer_targets, offer_drives}, run_eject,
     "empty a cdrom or floppy drive",
     "  domwright eject web sda --now", NULL},
    {"insert", "DOMAIN TARGET PATH | KEY=VALUE...", 3, -1,
     OPTIONS_EDIT | OPTION_FORCE, VERB_CHANGES | VERB_DRAFTS, {offer_targets, offer_drives, offer_files}, run_insert,
     "put a medium into a cdrom or floppy drive, in place of the one there is",
     "  domwright insert web sda /srv/debian.iso --now", NULL},
    {"edit", "DOMAIN", 1, 1, OPTION_DRY_RUN | OPTION_DIFF | OPTIONS_AFFECT, VERB_CHANGES | VERB_DRAFTS, {offer_targets}, run_edit,
     "edit the document in $VISUAL or $EDITOR",
     NULL, NULL},
    {"restore", "DOMAIN REVISION | TIME", 2, 2,
     OPTIONS_CHANGE | OPTIONS_AFFECT, VERB_CHANGES, {offer_domains, offer_revisions}, run_restore,
     "bring an earlier definition back",
     "REVISION is what \"domwright history\" lists, or its first digits; TIME is like\n"
     "\"2026-11-28 14:30\", \"2026-11-28\" or \"14:30\". It is an edit like any other.", NULL},
    {"create", "NAME [KEY=VALUE...] [KIND [KEY=VALUE...]]...", 1, -1,
     OPTION_DRY_RUN | OPTION_DIFF | OPTION_PRESET, VERB_CHANGES, {offer_nothing, offer_build}, run_create,
     "define a new domain from settings and devices",
     "A word that is no KEY=VALUE begins a device of that kind. NAME may be a FILE, or \"-\":\n"
     "then the document is written there and nothing is defined.\n"
     "  domwright create web memory=2GiB vcpu=2 disk source.file=/srv/web.qcow2", "Define and undefine"},
    {"define", "FILE", 1, 1, OPTIONS_CHANGE | OPTIONS_AFFECT, VERB_CHANGES, {offer_files}, run_define,
     "define the new domain that a document describes",
     "With --expect the document replaces the domain of its UUID.", NULL},
    {"clone", "DOMAIN NAME [TARGET=ANSWER | CHANGE]...", 2, -1,
     OPTION_DRY_RUN | OPTION_DIFF | OPTION_CLONE, VERB_CHANGES, {offer_domains, offer_nothing, offer_answers}, run_clone,
     "define another domain like this one, without touching storage",
     "TARGET is a disk that the domain writes to; ANSWER is the path or POOL/VOLUME that takes\n"
     "its place, share, or omit. CHANGE is as for \"set\". What is still open is told.\n"
     "  domwright clone web web2 vda=/srv/web2.qcow2", NULL},
    {"rename", "DOMAIN NAME", 2, 2,
     OPTIONS_CHANGE, VERB_CHANGES, {offer_domains, offer_nothing}, run_rename,
     "give a domain that is shut off another name",
     NULL, NULL},
    {"undefine", "DOMAIN", 1, 1,
     OPTION_UNDEFINE, VERB_CHANGES | VERB_DESTROYS, {offer_domains}, run_undefine,
     "remove the definition of a domain, never its storage",
     NULL, NULL},
    {"recover", "[DOMAIN [NAME]]", 0, 2,
     OPTION_DRY_RUN | OPTION_DIFF, VERB_CHANGES | VERB_LONG, {offer_gone, offer_nothing}, run_recover,
     "define a domain again that is gone, or list those that can be",
     "DOMAIN is its name or UUID, NAME another name for it. Storage is not touched.", NULL},
    {"start", "DOMAIN [KEY=VALUE...]", 1, -1,
     OPTION_START, VERB_CHANGES, {offer_domains, offer_changes}, run_start,
     "start the domain, on request with other settings or another boot order this once",
     "KEY=VALUE and KIND/ID/KEY=VALUE hold until the domain is off, with --until=reboot at most\n"
     "until the guest reboots, which then ends it; the configuration stays as it is.\n"
     "  domwright start web --boot=disk/sda disk/sda/source.file=/srv/rescue.iso", "Power"},
    {"shutdown", "DOMAIN", 1, 1, 0, VERB_CHANGES, {offer_domains}, run_control,
     "ask the guest to shut down",
     NULL, NULL},
    {"destroy", "DOMAIN", 1, 1, 0, VERB_CHANGES | VERB_DESTROYS, {offer_domains}, run_control,
     "force it off immediately, like pulling the plug",
     NULL, NULL},
    {"reboot", "DOMAIN", 1, 1, 0, VERB_CHANGES, {offer_domains}, run_control,
     "ask the guest to restart",
     NULL, NULL},
    {"restart", "DOMAIN", 1, 1, OPTION_RESTART, VERB_CHANGES, {offer_domains}, run_restart,
     "shut it down and start it again, so that what waits for that takes effect",
     "A guest that does not shut down in time is left running, or forced off with --force.", NULL},
    {"reset", "DOMAIN", 1, 1, 0, VERB_CHANGES | VERB_DESTROYS, {offer_domains}, run_control,
     "reset it immediately, like pressing the reset button",
     NULL, NULL},
    {"suspend", "DOMAIN", 1, 1, 0, VERB_CHANGES, {offer_domains}, run_control,
     "pause it, keeping it in memory",
     NULL, NULL},
    {"resume", "DOMAIN", 1, 1, 0, VERB_CHANGES, {offer_domains}, run_control,
     "resume a suspended domain",
     NULL, NULL},
    {"autostart", "DOMAIN [on | off]", 1, 2,
     0, VERB_CHANGES, {offer_domains, offer_switch}, run_autostart,
     "start it with its host, or not; without on or off, print which",
     NULL, NULL},
    {"draft list", "", 0, 0, 0, VERB_LONG, {NULL}, run_draft_list,
     "list your drafts",
     NULL, "Drafts"},
    {"draft new", "[NAME] [KEY=VALUE...] [KIND [KEY=VALUE...]]...", 0, -1,
     OPTION_PRESET, 0, {offer_nothing, offer_build}, run_draft_new,
     "make a draft of a new domain and print its path",
     "A draft's path or its last part stands in place of DOMAIN with the other verbs.", NULL},
    {"draft open", "DOMAIN | FILE", 1, 1, 0, 0, {offer_targets}, run_draft_open,
     "make a draft of a domain or a document and print its path",
     NULL, NULL},
    {"draft show", "DRAFT [PREFIX]", 1, 2,
     OPTION_SECRETS, VERB_LONG, {offer_drafts, offer_present}, run_draft_show,
     "show the settings and devices of a draft",
     NULL, NULL},
    {"draft diff", "DRAFT", 1, 1, 0, VERB_COMPARES | VERB_LONG, {offer_drafts}, run_draft_diff,
     "show how a draft differs from its domain",
     "Exit status 0: they are the same; 1: they differ; 2: trouble.", NULL},
    {"draft commit", "DRAFT", 1, 1,
     OPTION_DRY_RUN | OPTION_DIFF | OPTIONS_AFFECT, VERB_CHANGES, {offer_drafts}, run_draft_commit,
     "define what a draft says and print the domain's name",
     "A draft without a host goes to the one named with --host.", NULL},
    {"draft rebase", "DRAFT", 1, 1,
     OPTION_DRY_RUN | OPTION_DIFF | OPTION_PREFER, 0, {offer_drafts}, run_draft_rebase,
     "bring what a draft changed onto what its domain is now",
     "What both changed, each in its way, is listed, and nothing is changed unless --prefer says\n"
     "whose counts.", NULL},
    {"draft discard", "DRAFT...", 1, -1, 0, VERB_DESTROYS, {offer_drafts}, run_draft_discard,
     "discard drafts",
     NULL, NULL},
    {"keys", "[KIND] [PREFIX]", 0, 2, 0, VERB_LONG, {offer_place, offer_place}, run_keys,
     "list the keys of the domain or of a kind of device, and what they take",
     NULL, "Reference"},
    {"choices", "KEY | KIND KEY [NAME=VALUE...]", 1, -1,
     0, VERB_LONG, {offer_place, offer_context}, run_choices,
     "list valid values for a key on a host (enum values, networks, pools, volumes, devices)",
     "NAME is arch, machine, type or emulator; or pool, for volumes.\n"
     "  domwright choices disk target.bus\n"
     "  domwright choices disk source.volume pool=images", NULL},
    {"capabilities", "[domain] [NAME=VALUE...]", 0, -1,
     0, VERB_LONG, {offer_filters}, run_capabilities,
     "show what a host can do; with \"domain\" or NAME=VALUE, what its guests can be",
     "NAME is arch, machine, type or emulator.\n"
     "  domwright capabilities arch=x86_64 machine=q35", NULL},
    {"hosts", "", 0, 0, 0, VERB_LONG, {NULL}, run_hosts,
     "list hosts, or the one named with --host, and their connection status",
     NULL, NULL},
    {"help", "[VERB]", 0, 2, 0, VERB_LONG, {offer_verbs}, run_help,
     "show help, for a verb when one is named",
     NULL, NULL},
    /* For the shells' completion: the words of a command line so far, the last one unfinished; prints
     * what that may become, one per line; "=files" means names of files. */
    {"complete", "WORD...", 0, -1, 0, VERB_HIDDEN, {NULL}, run_complete,
     "complete a command line", NULL, NULL},
};
/* clang-format on */
const size_t n_verbs = sizeof(verbs) / sizeof(*verbs);
