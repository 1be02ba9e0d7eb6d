/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns encodings: finds the one a document declares, and converts with iconv. text/files.c uses it.
 * Main thread.
 */
#include "text/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"

static char *declared(const char *bytes, size_t length)
{
    const char *end = memmem(bytes, length, "?>", 2);
    const char *name, *close;

    if (length < 6 || memcmp(bytes, "<?xml", 5) != 0 || !end)
        return NULL;
    name = memmem(bytes, (size_t)(end - bytes), "encoding", 8);
    if (!name)
        return NULL;
    name += 8;
    name += strspn(name, " \t\r\n=");
    if (*name != '"' && *name != '\'')
        return NULL;
    close = memchr(name + 1, *name, (size_t)(end - name - 1));
    return close ? copy_bytes(name + 1, (size_t)(close - name - 1)) : NULL;
}

char *encoding_of(const char *bytes, size_t length)
{
    static const struct {
        char start[5];
        size_t length;
        const char *encoding;
    } starts[] = {
        {"\xff\xfe\0\0", 4, "UTF-32LE"}, {"\0\0\xfe\xff", 4, "UTF-32BE"},
        {"<\0\0\0", 4, "UTF-32LE"},      {"\0\0\0<", 4, "UTF-32BE"},
        {"\xff\xfe", 2, "UTF-16LE"},     {"\xfe\xff", 2, "UTF-16BE"},
        {"<\0", 2, "UTF-16LE"},          {"\0<", 2, "UTF-16BE"},
        {"\xef\xbb\xbf", 3, NULL},
    };
    char *name;

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        if (length >= starts[i].length && memcmp(bytes, starts[i].start, starts[i].length) == 0)
            return starts[i].encoding ? copy_string(starts[i].encoding) : NULL;
    name = declared(bytes, length);
    /* Bytes that begin with "<?xml" are not the two-byte encoding such a declaration may name. */
    if (name && (strcasecmp(name, "UTF-8") == 0 || strncasecmp(name, "UTF-16", 6) == 0 ||
                 strncasecmp(name, "UTF-32", 6) == 0 || strncasecmp(name, "UCS-", 4) == 0)) {
        free(name);
        return NULL;
    }
    return name;
}

typedef struct {
    iconv_t descriptor;
    char *buffer;
    size_t size, used;
} Conversion;

static void conversion_grow(Conversion *conversion)
{
    conversion->size = conversion->size ? conversion->size * 2 : 4096;
    conversion->buffer = grow_array(conversion->buffer, conversion->size, 1);
}

/* Converts up to the end or the first character that cannot be; where that is, is in *in. */
static bool convert(Conversion *conversion, char **in, size_t *left)
{
    for (;;) {
        char *out = conversion->buffer + conversion->used;
        size_t room = conversion->size - conversion->used, r;

        r = room > 1 ? iconv(conversion->descriptor, in, left, &out, &room) : (size_t)-1;
        if (conversion->size - conversion->used <= 1)
            errno = E2BIG;
        else
            conversion->used = (size_t)(out - conversion->buffer);
        if (r != (size_t)-1)
            return true;
        if (errno != E2BIG)
            return false;
        conversion_grow(conversion);
    }
}

static bool conversion_open(Conversion *conversion, const char *to, const char *from)
{
    conversion->descriptor = iconv_open(to, from);
    return conversion->descriptor != (iconv_t)-1;
}

static char *conversion_close(Conversion *conversion, bool done, size_t *ret_length)
{
    int error = errno;

    iconv_close(conversion->descriptor);
    if (!done) {
        free(conversion->buffer);
        errno = error;
        return NULL;
    }
    if (conversion->used == conversion->size)
        conversion_grow(conversion);
    conversion->buffer[conversion->used] = '\0';
    *ret_length = conversion->used;
    return conversion->buffer;
}

char *encoding_decode(const char *encoding, const char *bytes, size_t length, size_t *ret_length)
{
    Conversion conversion = {0};
    char *in = (char *)bytes;
    bool done;

    if (!conversion_open(&conversion, "UTF-8", encoding))
        return NULL;
    done = convert(&conversion, &in, &length);
    return conversion_close(&conversion, done, ret_length);
}

static uint32_t first_character(const char *text, size_t *ret_length)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t length = *c < 0x80 ? 1 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : 4;
    uint32_t character = length == 1 ? *c : *c & (0xffu >> (length + 1));

    for (size_t i = 1; i < length; i++)
        character = character << 6 | (c[i] & 0x3f);
    *ret_length = length;
    return character;
}

char *encoding_encode(const char *encoding, const char *text, size_t length, size_t *ret_length)
{
    Conversion conversion = {0};
    char *in = (char *)text;
    bool done;

    if (!conversion_open(&conversion, encoding, "UTF-8"))
        return NULL;
    while (!(done = convert(&conversion, &in, &length)) && errno == EILSEQ) {
        char reference[16], *digits = reference;
        size_t used, left;

        left = (size_t)snprintf(reference, sizeof(reference), "&#x%X;", first_character(in, &used));
        if (used > length || !convert(&conversion, &digits, &left))
            break;
        in += used;
        length -= used;
    }
    if (done)
        done = convert(&conversion, &(char *){NULL},
                       &(size_t){0}); /* back to the initial shift state */
    return conversion_close(&conversion, done, ret_length);
}

bool text_is_utf8(const char *text, size_t length)
{
    Conversion conversion = {0};
    char *in = (char *)text;
    size_t left = length;
    bool done;

    if (memchr(text, '\0', length) || !conversion_open(&conversion, "UTF-8", "UTF-8"))
        return false;
    done = convert(&conversion, &in, &left);
    iconv_close(conversion.descriptor);
    free(conversion.buffer);
    return done;
}
