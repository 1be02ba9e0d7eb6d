/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a file under another name and renames it. It knows nothing of what is in it. */
#include "base/atomic-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "common/write-file.h"

bool file_write(const char *path, const char *data, gsize length, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.new", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write_all(fd, data, length);
    int failure = errno;
    if (fd >= 0)
        close(fd);
    errno = failure;
    if (finish_replacement(temporary, path, written))
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "Cannot write %s: %s.", path,
                g_strerror(errno));
    return false;
}
