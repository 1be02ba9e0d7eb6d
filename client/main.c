/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domwright, the command: reads the options, finds the verb and runs it. Owns the order of start
 * and end. One thread.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "bus/bus.h"
#include "terminal/report.h"
#include "terminal/terminal.h"
#include "text/encoding.h"
#include "verbs/help.h"
#include "verbs/targets.h"
#include "verbs/verb.h"

/* Messages carry UTF-8 only; the name of a file may be anything. */
static bool words_are_text(char *words[], int count)
{
    for (int i = 0; i < count; i++) {
        if ((i == 0 && word_is_file(words[i])) || text_is_utf8(words[i], strlen(words[i])))
            continue;
        report_usage("Word %d of the command is not UTF-8 text.", i + 1);
        return false;
    }
    return true;
}

static int run_verb(const Verb *verb, char *words[], int count)
{
    if (arg_help) {
        help_verb(verb);
        return STATUS_FINE;
    }
    if (!arguments_fit(verb->name, verb->options) || !verb_takes(verb, count) ||
        !words_are_text(words, count))
        return STATUS_USAGE;
    if ((verb->flags & VERB_COMPARES) || arg_dry_run)
        report_trouble_is_two();
    if ((verb->flags & VERB_LONG) && !arg_no_pager && !arg_json)
        terminal_allow_pager();
    if ((verb->flags & VERB_CHANGES) || arg_secrets)
        bus_expect_questions();
    return verb->run(verb, words, count);
}

static int run(int argc, char *argv[])
{
    static char list[] = "list", *without[] = {list, NULL};
    int first = arguments_parse(argc, argv), count = argc - first, used;
    char **words = argv + first;
    const Verb *verb;

    if (first < 0)
        return STATUS_USAGE;
    if (arg_version) {
        puts("domwright " DOMWRIGHT_VERSION);
        return STATUS_FINE;
    }
    if (count == 0 && arg_help) {
        help_all();
        return STATUS_FINE;
    }
    if (count == 1 && arg_help && help_pairs(words[0]))
        return STATUS_FINE;
    if (count == 0) {
        words = without;
        count = 1;
    }
    verb = verb_find(words, count, &used);
    return verb ? run_verb(verb, words + used, count - used) : STATUS_USAGE;
}

int main(int argc, char *argv[])
{
    int status;

    setlocale(LC_CTYPE, "");
    status = run(argc, argv);
    bus_close();
    if (!terminal_finish() && status < report_trouble()) /* differences count as written, too */
        status = report_error(NULL, "Standard output could not be written.");
    return status;
}
