/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the comparison of misspelt words. The model asks for keys, kinds and values, the daemon for
 * options, the client for verbs. Thread-safe: no state.
 */
#include "common/nearest.h"

#include <ctype.h>
#include <stdio.h>
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

/* The only one that begins with word, which is too short to be whole. */
static const char *completed_word(const char *word, const char *const *candidates)
{
    size_t length = strlen(word);
    const char *found = NULL;

    for (; length > 1 && *candidates; candidates++) {
        if (strncmp(*candidates, word, length) != 0)
            continue;
        if (found)
            return NULL;
        found = *candidates;
    }
    return found;
}

const char *nearest_word(const char *word, const char *const *candidates)
{
    size_t length = strlen(word), bound = LONGEST;
    const char *nearest = completed_word(word, candidates);

    if (length > LONGEST || nearest)
        return nearest;
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

/* ---- Keys: what others call driver.cache is cache, driver_cache, or driver.cache.mode ---- */

static bool is_divider(char c)
{
    return c == '.' || c == '_' || c == '-';
}

/* Is the end of key the whole of word, from the beginning of one of its parts? */
static bool ends_like(const char *key, const char *word)
{
    size_t k = strlen(key), w = strlen(word);

    for (;;) {
        while (k && is_divider(key[k - 1]))
            k--;
        while (w && is_divider(word[w - 1]))
            w--;
        if (!k || !w)
            break;
        if (tolower((unsigned char)key[--k]) != tolower((unsigned char)word[--w]))
            return false;
    }
    return !w && (!k || key[k] == '.');
}

/* Is word one of the parts of key, but not the last? */
static bool goes_through(const char *key, const char *word)
{
    size_t length = strlen(word);

    while (strchr(key, '.')) {
        if (strncmp(key, word, length) == 0 && key[length] == '.')
            return true;
        key = strchr(key, '.') + 1;
    }
    return false;
}

/* Is key what is left of word without parts at its beginning, or at its end? */
static bool is_part(const char *key, const char *word)
{
    size_t length = strlen(key);

    return ends_like(word, key) || (strncmp(key, word, length) == 0 && word[length] == '.');
}

static size_t count_parts(const char *key)
{
    size_t parts = 1;

    for (; (key = strchr(key, '.')); key++)
        parts++;
    return parts;
}

/* Those with the fewest parts among the candidates that fit. */
static size_t shortest(const char *word, const char *const *candidates,
                       bool (*fits)(const char *key, const char *word),
                       const char *ret_keys[MOST_LIKELY], bool *ret_more)
{
    size_t count = 0, fewest = LONGEST;

    *ret_more = false;
    for (; *candidates; candidates++) {
        size_t parts = count_parts(*candidates);

        if (parts > fewest || !fits(*candidates, word))
            continue;
        if (parts < fewest) {
            count = 0;
            *ret_more = false;
        }
        fewest = parts;
        if (count < MOST_LIKELY)
            ret_keys[count++] = *candidates;
        else
            *ret_more = true;
    }
    return count;
}

size_t likely_keys(const char *word, const char *const *candidates,
                   const char *ret_keys[MOST_LIKELY], bool *ret_more)
{
    bool has_letters = strlen(word) > 1 && strlen(word) <= LONGEST && isalpha((unsigned char)*word);
    size_t count = 0;

    *ret_more = false;
    if (has_letters)
        count = shortest(word, candidates, ends_like, ret_keys, ret_more);
    if (has_letters && !count)
        count = shortest(word, candidates, goes_through, ret_keys, ret_more);
    if (!count && (ret_keys[0] = nearest_word(word, candidates)))
        return 1;
    return has_letters && !count ? shortest(word, candidates, is_part, ret_keys, ret_more) : count;
}

void write_guess(char *text, size_t size, const char *const *keys, size_t count, bool more)
{
    size_t length = 0;

    *text = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s\"%s\"",
                                   i == 0                  ? "did you mean "
                                   : i + 1 < count || more ? ", "
                                                           : " or ",
                                   keys[i]);
    if (count && length < size)
        snprintf(text + length, size - length, more ? " or another?" : "?");
}
