/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sd-id128 reads and writes the text; it also takes 32 digits without dashes, which are no UUID
 * here: they may be the name of a domain. */
#include "base/uuid.h"

#include <string.h>

bool uuid_parse(const char *text, Uuid *ret)
{
    char dashed[UUID_TEXT];
    if (g_strlcpy(dashed, text, sizeof dashed) != UUID_TEXT - 1)
        return false;
    return sd_id128_from_string(g_strdelimit(dashed, "_", '-'), ret) >= 0;
}

void uuid_format(const Uuid *uuid, char ret_text[static UUID_TEXT])
{
    sd_id128_to_uuid_string(*uuid, ret_text);
}

guint uuid_hash(const void *userdata)
{
    const Uuid *uuid = userdata;
    uint64_t half = uuid->qwords[0] ^ uuid->qwords[1];
    return (guint)(half ^ half >> 32);
}

gboolean uuid_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(Uuid)) == 0;
}
