/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text of strangers (names, titles, documents, error messages) on its way to a terminal or into
 * JSON. Control characters, bidirectional overrides, line separators and invisible tags are written
 * as \uXXXX, so that no text can steer a terminal or look like another.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* One line: line feeds are escaped, too. */
void print_text(FILE *file, const char *text);
/* Several lines: line feeds, and carriage returns before them, stay. */
void print_block(FILE *file, const char *text);
/* The same, but byte for byte where standard output is not a terminal: documents and values that
 * programs read. */
void print_exact(FILE *file, const char *text);
/* A unified diff, coloured on a terminal, exact elsewhere. */
void print_diff(FILE *file, const char *diff);
/* A line above what follows: strong on a terminal, after "# " elsewhere. */
void print_heading(FILE *file, const char *text);
/* With quotes around it. */
void json_string(FILE *file, const char *string);
