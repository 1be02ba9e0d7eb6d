/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzing input taken apart: small numbers and strings, as long as there are bytes. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
} Input;

static inline unsigned input_number(Input *input, unsigned below)
{
    if (input->size == 0 || below == 0)
        return 0;
    unsigned number = *input->data++;
    if (--input->size > 0 && below > 256) {
        number = number << 8 | *input->data++;
        input->size--;
    }
    return number % below;
}

/* A string of up to 255 bytes, of any bytes but NUL. */
static inline char *input_string(Input *input)
{
    size_t asked = input_number(input, 256);
    size_t length = MIN(asked, input->size);
    char *string = g_strndup((const char *)input->data, length);

    input->data += length;
    input->size -= length;
    return string;
}

/* What must hold, whether assertions are compiled in or not. abort, because that is what a fuzzer
 * knows to save the input for. */
#define insist(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            g_printerr("%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)
