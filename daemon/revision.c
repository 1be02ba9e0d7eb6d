/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HMAC-SHA256 over a document's text, and the key it needs. It does not know whose document it is.
 */
#include "revision.h"

#include <string.h>
#include <sys/random.h>

#include "errors.h"
#include "files.h"

static uint8_t key[32];

bool revision_load(const char *directory, GError **error)
{
    g_autofree char *path = directory ? g_build_filename(directory, "revision-key", NULL) : NULL;
    g_autofree char *stored = NULL;
    gsize length = 0;
    if (path && g_file_get_contents(path, &stored, &length, NULL) && length == sizeof key) {
        memcpy(key, stored, sizeof key);
        return true;
    }
    if (getrandom(key, sizeof key, 0) != sizeof key) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "no random numbers");
        return false;
    }
    g_autoptr(GError) failure = NULL;
    if (path && !file_write(path, (const char *)key, sizeof key, &failure))
        g_printerr("domwrightd: revisions will not survive a restart: %s\n", failure->message);
    return true;
}

void revision_of(const char *uri, const char *text, gsize length,
                 char ret_revision[static REVISION_TEXT])
{
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key, sizeof key);
    if (!uri)
        uri = "";
    g_hmac_update(hmac, (const guchar *)uri, strlen(uri) + 1);
    g_hmac_update(hmac, (const guchar *)text, length);
    g_strlcpy(ret_revision, g_hmac_get_string(hmac), REVISION_TEXT);
}

void revision_text(const RevisionMark *mark, char ret_revision[static REVISION_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (gsize i = 0; i < sizeof mark->bytes; i++) {
        *ret_revision++ = digits[mark->bytes[i] >> 4];
        *ret_revision++ = digits[mark->bytes[i] & 15];
    }
    *ret_revision = '\0';
}

RevisionMark revision_mark(const char *revision)
{
    RevisionMark mark = {0};
    for (gsize i = 0; i < sizeof mark.bytes && revision[2 * i] && revision[2 * i + 1]; i++)
        mark.bytes[i] = (uint8_t)(g_ascii_xdigit_value(revision[2 * i]) << 4 |
                                  g_ascii_xdigit_value(revision[2 * i + 1]));
    return mark;
}
