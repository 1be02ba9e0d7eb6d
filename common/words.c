/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the spelling of booleans, of lists of words and of host names. The model reads values with
 * it, the daemon its configuration, the client its command line. Thread-safe: no state.
 */
#include "common/words.h"

#include <stddef.h>
#include <string.h>

int truth_of_word(const char *word)
{
    static const char *const words[][2] = {{"no", "yes"}, {"off", "on"}, {"false", "true"}};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        for (int truth = 0; truth < 2; truth++)
            if (strcmp(word, words[i][truth]) == 0)
                return truth;
    return -1;
}

bool words_have(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");

        if (n == length && memcmp(at, word, n) == 0)
            return true;
        at += n;
    }
    return false;
}

bool host_name_is_valid(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    return *name && name[strspn(name, letters)] == '\0';
}
