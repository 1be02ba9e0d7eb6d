/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of the table as it is written in a manual page. */
#pragma once

#include <stdio.h>
#include <string.h>

/* A leading dot or quote would be a request; a backslash begins an escape; a hyphen is one. */
static inline void roff_text(const char *text)
{
    if (strchr(".'", *text))
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
}
