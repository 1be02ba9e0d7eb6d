/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the reading of an unfinished command line for the shells' completion: options and verbs are
 * offered from their tables, arguments by the verb's offers. Main thread.
 */
#include "verbs/complete.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "arguments.h"
#include "bus/bus.h"
#include "terminal/report.h"
#include "verbs/offers.h"

static void offer_option(const Line *line, unsigned accepted)
{
    for (size_t i = 0; i < n_options; i++) {
        _cleanup_free_ char *name =
            format_string("--%s%s", options[i].name, options[i].argument ? "=" : "");

        if (!options[i].verbs || (options[i].verbs & accepted))
            offer(line, name);
    }
}

static void offer_argument(const Line *line, const Verb *verb)
{
    size_t n = 0, at = (size_t)line->count;

    while (n < sizeof(verb->offers) / sizeof(*verb->offers) && verb->offers[n])
        n++;
    if (n == 0 || (at >= n && verb->max >= 0 && line->count >= verb->max))
        return;
    verb->offers[at < n ? at : n - 1](line);
}

/* The option that takes an argument and is written so; NULL: none is. */
static const Option *option_written(const char *word)
{
    for (size_t i = 0; i < n_options; i++) {
        const Option *option = &options[i];

        if (option->argument &&
            ((strncmp(word, "--", 2) == 0 && strcmp(word + 2, option->name) == 0) ||
             (word[0] == '-' && option->letter && word[1] == option->letter && !word[2])))
            return option;
    }
    return NULL;
}

/* Devices of the domain that is the second word but for options. */
static void offer_order(const Line *line, char *words[], int count)
{
    Line value = *line;
    int n = 0;

    for (int i = 0; i + 1 < count; i++)
        if (*words[i] != '-' && ++n == 2) {
            value.words = words + i;
            value.count = 1;
            offer_order_of(&value);
        }
}

/* The value of an option that is being written, "--host=NAME" or "-H NAME"; false where none is. */
static bool offer_option_value(const Line *line, char *words[], int count)
{
    const char *last = count > 1 ? words[count - 2] : "";
    const char *sign = *line->word == '-' ? strchr(line->word, '=') : NULL;
    size_t skip = sign ? (size_t)(sign + 1 - line->word) : 0;
    _cleanup_free_ char *before = copy_bytes(line->word, skip);
    _cleanup_free_ char *name = skip ? copy_bytes(line->word, skip - 1) : copy_string(last);
    const Option *option = option_written(name);
    Line value = {line->word + skip, NULL, 0, before};

    if (!option)
        return skip;
    if (option->text == &arg_host)
        offer_hosts(&value);
    else if (option->text == &arg_preset)
        offer_presets(&value);
    else if (option->text == &arg_columns)
        offer_columns(&value);
    else if (option->text == &arg_boot)
        offer_order(&value, words, count);
    for (size_t i = 0; option->values && option->values[i]; i++)
        offer(&value, option->values[i]);
    return true;
}

int run_complete(const Verb *verb, char *words[], int count)
{
    _cleanup_free_ char **copy = grow_array(NULL, (size_t)count + 2, sizeof(char *));
    Line line = {count > 0 ? words[count - 1] : "", NULL, 0, NULL};
    static char program[] = "domwright";
    int first, used = 0;

    if (!freopen("/dev/null", "w", stderr))
        return report_trouble();
    copy[0] = program;
    for (int i = 1; i < count; i++)
        copy[i] = words[i - 1];
    copy[count > 0 ? count : 1] = NULL;
    optind = 0; /* a second command line */
    if (offer_option_value(&line, words, count))
        return STATUS_FINE;
    first = arguments_parse(count > 0 ? count : 1, copy);
    if (first < 0 || (first == count && *line.word != '-')) {
        offer_verbs(&line);
        return STATUS_FINE;
    }
    if (first + 1 == count && strcmp(copy[first], "draft") == 0 && *line.word != '-') {
        line.words = copy + first;
        line.count = 1;
        offer_verbs(&line);
        return STATUS_FINE;
    }
    bus_be_impatient();
    verb = first < count ? verb_find(copy + first, count - first, &used) : NULL;
    line.words = copy + first + used;
    line.count = count - first - used;
    if (*line.word == '-')
        offer_option(&line, verb ? verb->options : 0);
    if (verb && (*line.word != '-' || !line.word[1]))
        offer_argument(&line, verb);
    return STATUS_FINE;
}
