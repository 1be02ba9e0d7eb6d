/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the quoting of words in commands that messages tell a person to type. Main thread.
 */
#include "text/shell.h"

#include <ctype.h>
#include <string.h>

#include "alloc.h"

static bool is_plain(const char *word)
{
    for (const char *c = word; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-./:=@,+%", *c) && !(*c & 0x80))
            return false;
    return *word;
}

char *shell_word(const char *word)
{
    char *quoted = NULL;
    size_t length = 0;
    FILE *file;

    if (is_plain(word))
        return copy_string(word);
    file = open_buffer(&quoted, &length);
    fputc('\'', file);
    for (const char *c = word; *c; c++)
        fputs(*c == '\'' ? "'\\''" : (char[]){*c, 0}, file);
    fputc('\'', file);
    fclose(file);
    return quoted;
}
