/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wipes a text so that what it held is not left in freed memory; any thread. */
#include "base/secret-text.h"

#include <glib.h>
#include <string.h>

void secret_text_free(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}
