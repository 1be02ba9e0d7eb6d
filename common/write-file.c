/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns writing to the end and replacing by rename. The daemon keeps drafts and keys with it, the
 * client documents. Thread-safe: no state.
 */
#include "common/write-file.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

bool finish_replacement(const char *temporary, const char *path, bool complete)
{
    int failure;

    if (complete && rename(temporary, path) == 0)
        return true;
    failure = errno;
    unlink(temporary);
    errno = failure;
    return false;
}
