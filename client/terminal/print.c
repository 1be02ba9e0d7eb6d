/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the list of characters that are not printed as they are, and the escapes for them.
 * Everything the client prints that was not written here goes through it. Main thread.
 */
#include "terminal/print.h"

#include <stdint.h>
#include <string.h>

#include "alloc.h"
#include "terminal/terminal.h"

/* Characters that steer a terminal, reorder or separate lines, or cannot be seen; first and last.
 */
static const uint32_t escaped[][2] = {
    {0x00, 0x1f},     {0x7f, 0x9f},       {0x61c, 0x61c},     {0x180e, 0x180e},
    {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0xfeff, 0xfeff},
    {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f},
};

/* Length of the UTF-8 character at text; 0 when there is none. */
static size_t decode(const unsigned char *text, uint32_t *ret_character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *text < 0x80   ? 1
                    : *text < 0xc0 ? 0
                    : *text < 0xe0 ? 2
                    : *text < 0xf0 ? 3
                    : *text < 0xf8 ? 4
                                   : 0;
    uint32_t character = length == 1 ? *text : *text & (0x7fu >> length);

    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3f);
    }
    if (length == 0 || character < least[length] || character > 0x10ffff)
        return 0;
    *ret_character = character;
    return length;
}

static bool is_escaped(uint32_t character)
{
    for (size_t i = 0; i < sizeof(escaped) / sizeof(*escaped); i++)
        if (character >= escaped[i][0] && character <= escaped[i][1])
            return true;
    return false;
}

/* As in JSON: two escapes for what is beyond 16 bits. */
static void print_escape(FILE *file, uint32_t character)
{
    if (character > 0xffff)
        fprintf(file, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((character - 0x10000) >> 10)),
                (unsigned)(0xdc00 + (character & 0x3ff)));
    else
        fprintf(file, "\\u%04x", (unsigned)character);
}

/* One character or one byte that begins none; returns what it took. */
static size_t print_next(FILE *file, const unsigned char *text)
{
    uint32_t character;
    size_t length = decode(text, &character);

    if (length == 0) {
        fprintf(file, "\\x%02x", *text);
        return 1;
    }
    if (is_escaped(character))
        print_escape(file, character);
    else
        fwrite(text, 1, length, file);
    return length;
}

void print_text(FILE *file, const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    while (*c) {
        if (*c == '\n') {
            fputs("\\n", file);
            c++;
        } else if (*c == '\t') {
            fputs("\\t", file);
            c++;
        } else {
            c += print_next(file, c);
        }
    }
}

void print_block(FILE *file, const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    while (*c) {
        if (*c == '\n' || *c == '\t' || (*c == '\r' && c[1] == '\n'))
            fputc(*c++, file);
        else
            c += print_next(file, c);
    }
}

void print_exact(FILE *file, const char *text)
{
    if (terminal_is_person())
        print_block(file, text);
    else
        fputs(text, file);
}

void json_string(FILE *file, const char *string)
{
    const unsigned char *c = (const unsigned char *)string;

    fputc('"', file);
    while (*c) {
        uint32_t character;

        if (*c == '"' || *c == '\\') {
            fprintf(file, "\\%c", *c++);
        } else if (*c == '\n' || *c == '\t') {
            fputs(*c++ == '\n' ? "\\n" : "\\t", file);
        } else if (decode(c, &character) == 0) {
            fputs("\\ufffd", file); /* JSON has no bytes that are not text */
            c++;
        } else {
            c += print_next(file, c);
        }
    }
    fputc('"', file);
}

void print_heading(FILE *file, const char *text)
{
    fputs(terminal_is_person() ? terminal_colour(COLOUR_STRONG) : "# ", file);
    print_text(file, text);
    fprintf(file, "%s\n", terminal_is_person() ? terminal_colour(COLOUR_NONE) : "");
}

void print_diff(FILE *file, const char *diff)
{
    while (*diff) {
        size_t length = strcspn(diff, "\n");
        _cleanup_free_ char *line = copy_bytes(diff, length);
        Colour colour = *line == '+'   ? COLOUR_GOOD
                        : *line == '-' ? COLOUR_BAD
                        : *line == '@' ? COLOUR_FAINT
                                       : COLOUR_NONE;

        if (colour)
            fputs(terminal_colour(colour), file);
        print_exact(file, line);
        if (colour)
            fputs(terminal_colour(COLOUR_NONE), file);
        fputc('\n', file);
        diff += length + (diff[length] == '\n');
    }
}
