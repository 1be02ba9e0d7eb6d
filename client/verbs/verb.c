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

/* Among the verbs that begin with pair, "draft " or "", by what follows it. NULL where the nearest
 * is a verb that destroys: nobody is led to one. */
static const char *nearest_verb(const char *pair, const char *word)
{
    _cleanup_free_ const char **names = grow_array(NULL, n_verbs + 1, sizeof(char *));
    const char *nearest;
    size_t n = 0, length = strlen(pair);

    for (size_t i = 0; i < n_verbs; i++)
        if (!(verbs[i].flags & VERB_HIDDEN) && strncmp(verbs[i].name, pair, length) == 0)
            names[n++] = verbs[i].name + length;
    names[n] = NULL;
    nearest = nearest_word(word, names);
    for (size_t i = 0; nearest && i < n_verbs; i++)
        if (verbs[i].name + length == nearest)
            return verbs[i].flags & VERB_DESTROYS ? NULL : verbs[i].name;
    return NULL;
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

/* What to write instead of "draft WORD". */
static char *hint_for_draft(const char *word)
{
    _cleanup_free_ char *name = format_string("draft-%s", word);
    const char *hint = hint_for_verb(name);
    const Verb *verb = verb_named(word);

    if (hint)
        return copy_string(hint);
    return verb && (verb->flags & VERB_DRAFTS)
               ? format_string("\"domwright %s\" takes a draft in place of a domain.", word)
               : NULL;
}

const Verb *verb_find(char *words[], int count, int *ret_used)
{
    _cleanup_free_ char *pair = NULL, *draft_hint = NULL;
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
    draft_hint = pair ? hint_for_draft(words[1]) : NULL;
    hint = pair ? draft_hint : hint_for_verb(name);
    nearest = pair ? nearest_verb("draft ", words[1]) : nearest_verb("", name);
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
