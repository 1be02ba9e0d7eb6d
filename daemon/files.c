/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a file under another name and renames it. It knows nothing of what is in it. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "errors.h"

static bool write_all(int fd, const char *data, gsize length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        length -= written;
    }
    return true;
}

bool file_write(const char *path, const char *data, gsize length, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.new", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write_all(fd, data, length);
    int failure = errno;
    if (fd >= 0)
        close(fd);
    if (written && rename(temporary, path) == 0)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot write %s: %s", path,
                g_strerror(written ? errno : failure));
    unlink(temporary);
    return false;
}
