/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HMAC-SHA256 over a document's text, and the key it needs. It does not know whose document it is.
 */
#include "inventory/revision.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/random.h>

#include "base/atomic-file.h"
#include "base/error.h"
#include "base/log.h"

static uint8_t key[32];

static bool read_key(const char *directory)
{
    g_autofree char *path = g_build_filename(directory, "revision-key", NULL);
    g_autofree char *stored = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &stored, &length, NULL) || length != sizeof key)
        return false;
    memcpy(key, stored, sizeof key);
    return true;
}

bool revision_load(const char *directory, const char *earlier, GError **error)
{
    if (directory && read_key(directory))
        return true;
    if (!(earlier && read_key(earlier)) && getrandom(key, sizeof key, 0) != sizeof key) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "There are no random numbers.");
        return false;
    }
    g_autofree char *path = directory ? g_build_filename(directory, "revision-key", NULL) : NULL;
    g_autoptr(GError) failure = NULL;
    if (path && !file_write(path, (const char *)key, sizeof key, &failure))
        log_line("Revisions will not survive a restart: %s", failure->message);
    return true;
}

void revision_of(const char *uri, const char *text, gsize length,
                 char ret_revision[static REVISION_TEXT])
{
    uint8_t digest[32];
    gnutls_hmac_hd_t hmac;
    if (!uri)
        uri = "";
    /* Fails without memory alone. */
    if (gnutls_hmac_init(&hmac, GNUTLS_MAC_SHA256, key, sizeof key) != 0)
        g_error("There is no digest.");
    gnutls_hmac(hmac, uri, strlen(uri) + 1);
    gnutls_hmac(hmac, text, length);
    gnutls_hmac_deinit(hmac, digest);
    RevisionMark mark;
    memcpy(mark.bytes, digest, sizeof mark.bytes);
    revision_text(&mark, ret_revision);
}

void revision_text(const RevisionMark *mark, char ret_revision[static REVISION_TEXT])
{
    sd_id128_to_string(*mark, ret_revision);
}

RevisionMark revision_mark(const char *revision)
{
    RevisionMark mark = SD_ID128_NULL;
    sd_id128_from_string(revision, &mark);
    return mark;
}

bool revision_equal(const RevisionMark *a, const RevisionMark *b)
{
    return sd_id128_equal(*a, *b);
}
