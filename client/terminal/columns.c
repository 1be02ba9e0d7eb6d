/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns tables of text. Verbs that list something print with it. Widths are counted in characters as
 * the terminal shows them; nothing is cut. Main thread.
 */
#include "terminal/columns.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "terminal/print.h"
#include "terminal/terminal.h"

/* Escaped as it will be printed. */
static char *printable(const char *text)
{
    char *buffer = NULL;
    size_t length;
    FILE *file = open_buffer(&buffer, &length);

    print_text(file, text);
    fclose(file);
    return buffer;
}

static size_t width_of(const char *text)
{
    mbstate_t state = {0};
    size_t width = 0;

    while (*text) {
        wchar_t character;
        size_t used = mbrtowc(&character, text, strlen(text), &state);
        int cells;

        if (used == (size_t)-1 || used == (size_t)-2)
            return width + strlen(text);
        cells = wcwidth(character);
        width += cells > 0 ? (size_t)cells : 0;
        text += used;
    }
    return width;
}

void columns_add(Columns *columns, const char *text)
{
    strings_take(&columns->cells, printable(text ? text : ""));
}

void columns_add_time(Columns *columns, const char *microseconds)
{
    time_t seconds = (time_t)(strtoull(microseconds ? microseconds : "0", NULL, 10) / 1000000);
    struct tm parts;
    char text[32];

    if (!localtime_r(&seconds, &parts) || !strftime(text, sizeof(text), "%F %T", &parts))
        *text = '\0';
    columns_add(columns, text);
}

static void print_cell(FILE *out, const char *text, size_t width, bool last)
{
    fputs(text, out);
    if (!last)
        fprintf(out, "%*s", (int)(width - width_of(text)) + 2, "");
}

static void print_aligned(const Columns *columns, FILE *out)
{
    size_t widths[MAX_COLUMNS];

    for (size_t column = 0; column < columns->n_columns; column++)
        widths[column] = width_of(columns->headings[column]);
    for (size_t i = 0; i < columns->cells.count; i++) {
        size_t width = width_of(columns->cells.items[i]);

        if (width > widths[i % columns->n_columns])
            widths[i % columns->n_columns] = width;
    }
    fputs(terminal_colour(COLOUR_STRONG), out);
    for (size_t column = 0; column < columns->n_columns; column++)
        print_cell(out, columns->headings[column], widths[column],
                   column + 1 == columns->n_columns);
    fprintf(out, "%s\n", terminal_colour(COLOUR_NONE));
    for (size_t i = 0; i < columns->cells.count; i++) {
        bool last = (i + 1) % columns->n_columns == 0;

        print_cell(out, columns->cells.items[i], widths[i % columns->n_columns], last);
        if (last)
            fputc('\n', out);
    }
}

void columns_print(Columns *columns, const char *nothing)
{
    FILE *out = terminal_out();

    if (columns->cells.count == 0)
        fprintf(terminal_is_person() ? out : stderr, "%s\n", nothing);
    else if (terminal_is_person()) {
        print_aligned(columns, out);
    } else {
        for (size_t i = 0; i < columns->cells.count; i++) {
            fputs(columns->cells.items[i], out);
            fputc((i + 1) % columns->n_columns == 0 ? '\n' : '\t', out);
        }
    }
    strings_clear(&columns->cells);
}

void columns_clear(Columns *columns)
{
    strings_clear(&columns->cells);
}
