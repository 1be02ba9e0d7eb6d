/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --help, from the tables of verbs and options. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "terminal.h"
#include "verbs.h"

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
          "Builds, edits and defines virtual machines through domwrightd.\n\n"
          "Verbs (without one: list):\n",
          out);
    for (size_t i = 0; i < n_verbs; i++)
        if (!(verbs[i].flags & VERB_HIDDEN))
            fprintf(out, "  %-14s  %s\n", verbs[i].name, verbs[i].summary);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < n_options; i++)
        print_option(out, &options[i]);
    fputs("\nDOMAIN is a name, a UUID, the path or id of a draft, or a file (a word with a \"/\", "
          "as in\n"
          "./web.xml; \"-\" is standard input); for many verbs also a pattern such as \"web*\".\n"
          "\"domwright VERB --help\" says more of a verb, domwright(1) of all.\n",
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
