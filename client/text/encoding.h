/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML text in the encodings files come in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The encoding of an XML document by its first bytes and its declaration; NULL when it is UTF-8. */
char *encoding_of(const char *bytes, size_t length);
/* NULL with errno: EINVAL (no such encoding), EILSEQ (bytes that are not of it). The order mark, if
 * any, is kept. */
char *encoding_decode(const char *encoding, const char *bytes, size_t length, size_t *ret_length);
/* Characters the encoding does not have become character references. */
char *encoding_encode(const char *encoding, const char *text, size_t length, size_t *ret_length);
bool text_is_utf8(const char *text, size_t length);
