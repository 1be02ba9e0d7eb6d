/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the form of --help and of the verb help, printed from the tables of verbs and options. */
#include "verbs/help.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "terminal/report.h"
#include "terminal/terminal.h"

static void print_option(FILE *out, const Option *option)
{
    char name[64];

    snprintf(name, sizeof(name), "--%s%s%s", option->name, option->argument ? "=" : "",
             option->argument ? option->argument : "");
    if (option->letter)
        fprintf(out, "  -%c, %-20s  %s\n", option->letter, name, option->doc);
    else
        fprintf(out, "      %-20s  %s\n", name, option->doc);
}

void help_all(void)
{
    FILE *out = terminal_out();

    fputs("domwright [OPTIONS] VERB DOMAIN [ARGUMENT...]\n\n"
          "Builds, edits and defines virtual machines through domwrightd. Without a verb, domains\n"
          "are listed.\n",
          out);
    for (size_t i = 0; i < n_verbs; i++) {
        if (verbs[i].flags & VERB_HIDDEN)
            continue;
        if (verbs[i].heading)
            fprintf(out, "\n%s:\n", verbs[i].heading);
        fprintf(out, "  %-14s  %s\n", verbs[i].name, verbs[i].summary);
    }
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < n_options; i++)
        print_option(out, &options[i]);
    fputs("\nDOMAIN is a name, a UUID, the path or id of a draft, or a file (a word with a \"/\", "
          "as in\n"
          "./web.xml; \"-\" is standard input); for many verbs also a pattern such as \"web*\".\n"
          "\"domwright help VERB\" explains a verb, domwright(1) everything.\n",
          out);
}

void help_verb(const Verb *verb)
{
    FILE *out = terminal_out();
    bool first = true;

    fprintf(out, "domwright %s%s%s: %s\n", verb->name, *verb->arguments ? " " : "", verb->arguments,
            verb->summary);
    if (verb->details)
        fprintf(out, "\n%s\n", verb->details);
    for (size_t i = 0; i < n_options; i++) {
        if (!(options[i].verbs & verb->options))
            continue;
        if (first)
            fputs("\nOptions:\n", out);
        first = false;
        print_option(out, &options[i]);
    }
}

bool help_pairs(const char *word)
{
    size_t length = strlen(word), count = 0;

    for (size_t i = 0; i < n_verbs; i++) {
        if (strncmp(verbs[i].name, word, length) != 0 || verbs[i].name[length] != ' ')
            continue;
        fprintf(terminal_out(), "%sdomwright %s%s%s\n    %s\n", count++ ? "\n" : "", verbs[i].name,
                *verbs[i].arguments ? " " : "", verbs[i].arguments, verbs[i].summary);
    }
    return count > 0;
}

int run_help(const Verb *verb, char *words[], int count)
{
    const Verb *about;
    int used;

    if (count == 0) {
        help_all();
        return STATUS_FINE;
    }
    if (count == 1 && help_pairs(words[0]))
        return STATUS_FINE;
    about = verb_find(words, count, &used);
    if (!about)
        return STATUS_USAGE;
    if (used < count)
        return report_usage("\"%s\" is not a verb; help takes one.", words[used]);
    help_verb(about);
    return STATUS_FINE;
}
