/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzing input taken apart: small numbers and strings, as long as there are bytes. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <domwright/model.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an input gives to which device, told to whoever wants to know: search.c. */
void fuzz_device_begins(void) __attribute__((weak));
void fuzz_gives_key(const char *kind, const char *key) __attribute__((weak));

static inline void tell_device(void)
{
    if (fuzz_device_begins)
        fuzz_device_begins();
}

static inline void tell_key(const char *kind, const char *key)
{
    if (fuzz_gives_key)
        fuzz_gives_key(kind, key);
}

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

/* What a key takes, near enough, as its form says. */
static inline char *input_sample(Input *input, const DwKey *key)
{
    unsigned n = g_strv_length(key->values), which = input_number(input, 8);

    if (n > 0)
        return g_strdup(key->values[which % n]);
    if (strcmp(key->form, "pci-address") == 0)
        return g_strdup_printf("000%u:0%u:00.0", which % 2, which);
    if (strcmp(key->form, "uuid") == 0)
        return g_strdup_printf("c7a5fdbd-edaf-9455-926a-d65c16db180%u", which);
    if (strcmp(key->form, "path") == 0)
        return g_strdup_printf("/%u", which);
    if (strcmp(key->type, "b") == 0)
        return g_strdup(which % 2 ? "yes" : "no");
    return g_strdup_printf("%" G_GUINT64_FORMAT, key->min + which);
}

/* Either that or any string. */
static inline char *input_value(Input *input, const DwKey *key)
{
    return input_number(input, 2) ? input_sample(input, key) : input_string(input);
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
