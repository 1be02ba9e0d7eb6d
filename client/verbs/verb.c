/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the look-up of a verb by the words of a command line. main() and completion use it. Main
 * thread.
 */
#include "verbs/verb.h"

#include <string.h>

#include "alloc.h"
#include "common/nearest.h"
#include "terminal/report.h"
#include "text/hints.h"

/* NULL where the nearest is a verb that destroys: nobody is led to one. */
static const char *nearest_verb(const char *word)
{
    _cleanup_free_ const char **names = grow_array(NULL, n_verbs + 1, sizeof(char *));
    const char *nearest;
    size_t n = 0;

    for (size_t i = 0; i < n_verbs; i++)
        if (!(verbs[i].flags & VERB_HIDDEN))
            names[n++] = verbs[i].name;
    names[n] = NULL;
    nearest = nearest_word(word, names);
    for (size_t i = 0; nearest && i < n_verbs; i++)
        if ((verbs[i].flags & VERB_DESTROYS) && strcmp(verbs[i].name, nearest) == 0)
            return NULL;
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
    const char *name = words[0], *nearest, *hint;
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
    hint = hint_for_verb(name);
    nearest = nearest_verb(name);
    if (hint)
        report_usage("There is no verb \"%s\". %s", name, hint);
    else if (nearest)
        report_usage("There is no verb \"%s\"; did you mean \"%s\"?", name, nearest);
    else
        report_usage("There is no verb \"%s\"; \"domwright help%s%s\" lists them.", name,
                     pair ? " " : "", pair ? words[0] : "");
    return NULL;
}

bool verb_takes(const Verb *verb, int count)
{
    const char *hint = count < verb->min ? NULL : hint_for_surplus(verb->name);

    if (count >= verb->min && (verb->max < 0 || count <= verb->max))
        return true;
    report_usage("\"%s\" takes %s arguments: domwright %s%s%s%s%s", verb->name,
                 count < verb->min ? "more" : "fewer", verb->name, *verb->arguments ? " " : "",
                 verb->arguments, hint ? "; " : "", hint ? hint : "");
    return false;
}
