/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where text goes: standard output with or without pager and colours, and messages on standard
 * error. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

typedef enum {
    COLOUR_NONE,
    COLOUR_STRONG,
    COLOUR_FAINT,
    COLOUR_GOOD,
    COLOUR_BAD,
} Colour;

/* Long answers of this run may go through the pager. */
void terminal_allow_pager(void);
/* Standard output, or what stands for it; starts the pager when one is due. */
FILE *terminal_out(void);
/* What is written goes into file until this is called with NULL. */
void terminal_divert(FILE *file);
/* Is standard output a person's terminal? Then columns are aligned and colours used. */
bool terminal_is_person(void);
/* May questions be asked? Standard input and standard error are a terminal. */
bool terminal_can_ask(void);
/* Flushes, and waits for the pager; false when output could not be written. */
bool terminal_finish(void);

/* The escape sequence, or "" where colours are off. COLOUR_NONE ends a colour. */
const char *terminal_colour(Colour colour);
