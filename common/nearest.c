/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the comparison of misspelt words. The model asks for keys, kinds and values, the daemon for
 * options, the client for verbs. Thread-safe: no state.
 */
#include "common/nearest.h"

#include <string.h>

#define LONGEST 64

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t word_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t na = strlen(a), nb = strlen(b);

    if (na > LONGEST || nb > LONGEST)
        return na > nb ? na : nb;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        const size_t *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        size_t *row = rows[i % 3];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], second[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

/* How long the path is that both share: what is misspelt comes behind it. */
static size_t shared_path(const char *a, const char *b)
{
    size_t path = 0;

    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '.')
            path = i + 1;
    return path;
}

/* How many edits make a misspelling of so many letters: more, and it is another word. */
static size_t most_edits(size_t letters)
{
    size_t edits = (letters + 1) / 3;

    return least(edits ? edits : 1, 4);
}

const char *nearest_word(const char *word, const char *const *candidates)
{
    size_t length = strlen(word), bound = LONGEST;
    const char *nearest = NULL;

    if (length > LONGEST)
        return NULL;
    for (; *candidates; candidates++) {
        size_t path = shared_path(word, *candidates);
        size_t distance = word_distance(word + path, *candidates + path);

        if (distance < bound && distance < strlen(*candidates + path) &&
            distance <= most_edits(length - path)) {
            bound = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}
