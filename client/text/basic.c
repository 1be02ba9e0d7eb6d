/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the reading of a basic D-Bus value by its letter. The JSON writer and the lists of values
 * for people use it. Main thread.
 */
#include "text/basic.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "alloc.h"
#include "terminal/print.h"

typedef union {
    uint8_t y;
    int b;
    int16_t n;
    uint16_t q;
    int32_t i;
    uint32_t u;
    int64_t x;
    uint64_t t;
    double d;
    const char *s;
} Basic;

static char *format_basic(char type, const Basic *basic)
{
    switch (type) {
    case 'y':
        return format_string("%" PRIu8, basic->y);
    case 'b':
        return copy_string(basic->b ? "yes" : "no");
    case 'n':
        return format_string("%" PRId16, basic->n);
    case 'q':
        return format_string("%" PRIu16, basic->q);
    case 'i':
        return format_string("%" PRId32, basic->i);
    case 'u':
        return format_string("%" PRIu32, basic->u);
    case 'x':
        return format_string("%" PRId64, basic->x);
    case 't':
        return format_string("%" PRIu64, basic->t);
    case 's':
    case 'o':
    case 'g':
        return copy_string(basic->s);
    default:
        return NULL;
    }
}

int basic_read(sd_bus_message *message, char type, char **ret_text)
{
    Basic basic;
    int r = sd_bus_message_read_basic(message, type, &basic);
    char *text = r < 0 ? NULL : format_basic(type, &basic);

    if (!text)
        return r < 0 ? r : -EOPNOTSUPP;
    *ret_text = text;
    return 0;
}

void basic_print_json(FILE *file, char type, const char *text)
{
    if (type == 'b')
        fputs(strcmp(text, "yes") == 0 ? "true" : "false", file);
    else if (strchr("sog", type))
        json_string(file, text);
    else
        fputs(text, file);
}
