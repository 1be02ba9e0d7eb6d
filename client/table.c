/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prints rows in columns. Widths are counted in characters as the terminal shows them; nothing is
 * cut, for the last column may be as long as it likes.
 */
#include "table.h"

#include <string.h>
#include <wchar.h>

#include "terminal.h"

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
        int columns;

        if (used == (size_t)-1 || used == (size_t)-2)
            return width + strlen(text);
        columns = wcwidth(character);
        width += columns > 0 ? (size_t)columns : 0;
        text += used;
    }
    return width;
}

void table_add(Table *table, const char *text)
{
    strings_take(&table->cells, printable(text ? text : ""));
}

static void print_cell(FILE *out, const char *text, size_t width, bool last)
{
    fputs(text, out);
    if (!last)
        fprintf(out, "%*s", (int)(width - width_of(text)) + 2, "");
}

static void print_aligned(const Table *table, FILE *out)
{
    size_t widths[MAX_COLUMNS];

    for (size_t column = 0; column < table->n_columns; column++)
        widths[column] = width_of(table->headings[column]);
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t width = width_of(table->cells.items[i]);

        if (width > widths[i % table->n_columns])
            widths[i % table->n_columns] = width;
    }
    fputs(terminal_colour(COLOUR_STRONG), out);
    for (size_t column = 0; column < table->n_columns; column++)
        print_cell(out, table->headings[column], widths[column], column + 1 == table->n_columns);
    fprintf(out, "%s\n", terminal_colour(COLOUR_NONE));
    for (size_t i = 0; i < table->cells.count; i++) {
        bool last = (i + 1) % table->n_columns == 0;

        print_cell(out, table->cells.items[i], widths[i % table->n_columns], last);
        if (last)
            fputc('\n', out);
    }
}

void table_print(Table *table)
{
    FILE *out = terminal_out();

    if (terminal_is_person()) {
        print_aligned(table, out);
    } else {
        for (size_t i = 0; i < table->cells.count; i++) {
            fputs(table->cells.items[i], out);
            fputc((i + 1) % table->n_columns == 0 ? '\n' : '\t', out);
        }
    }
    strings_clear(&table->cells);
}

void table_clear(Table *table)
{
    strings_clear(&table->cells);
}
