/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns documents in files: reads one and puts another in its place. A reader of the file sees the
 * old or the new one, never half; mode and owner stay. Verbs that take a FILE use it. Main thread.
 */
#include "text/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "common/write-file.h"
#include "terminal/report.h"
#include "text/encoding.h"

/* What the bus carries of a document is far less; this only keeps out what cannot be one. */
#define MAX_BYTES (16u * 1024 * 1024)

char *read_all(int fd, size_t *ret_length)
{
    _cleanup_free_ char *buffer = NULL;
    size_t size = 0, used = 0;

    for (;;) {
        ssize_t got;

        if (size - used < 2) {
            size = size ? size * 2 : 65536;
            buffer = grow_array(buffer, size, 1);
        }
        got = read(fd, buffer + used, size - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > MAX_BYTES) {
            errno = EFBIG;
            return NULL;
        }
    }
    buffer[used] = '\0';
    *ret_length = used;
    return steal(buffer);
}

static bool open_input(File *file, int *ret_fd)
{
    if (!file->path) {
        *ret_fd = dup(STDIN_FILENO);
        return *ret_fd >= 0;
    }
    *ret_fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*ret_fd < 0 || fstat(*ret_fd, &file->status) < 0)
        return false;
    if (!S_ISREG(file->status.st_mode)) {
        errno = S_ISDIR(file->status.st_mode) ? EISDIR : EINVAL;
        return false;
    }
    return true;
}

/* Bytes to text; they must be the same again on the way back, or an edit would change what it does
 * not name. */
static bool decode(File *file, char *bytes, size_t length)
{
    _cleanup_free_ char *again = NULL;
    size_t text_length, again_length;

    file->encoding = encoding_of(bytes, length);
    if (!file->encoding) {
        file->text = copy_bytes(bytes, length);
        if (text_is_utf8(bytes, length))
            return true;
        report_error(file->name, "This is not UTF-8 text, and nothing in it names another "
                                 "encoding.");
        return false;
    }
    file->text = encoding_decode(file->encoding, bytes, length, &text_length);
    if (!file->text) {
        report_error(file->name,
                     errno == EINVAL ? "The encoding %s is not known here; convert the file to "
                                       "UTF-8."
                                     : "The file is not in the encoding %s that it claims.",
                     file->encoding);
        return false;
    }
    again = encoding_encode(file->encoding, file->text, text_length, &again_length);
    if (again && again_length == length && memcmp(again, bytes, length) == 0 &&
        text_is_utf8(file->text, text_length))
        return true;
    report_error(file->name,
                 "The encoding %s cannot be written back byte for byte; convert the file to UTF-8.",
                 file->encoding);
    return false;
}

File *file_read(const char *name)
{
    _cleanup_file_ File *file = grow_array(NULL, 1, sizeof(File));
    _cleanup_free_ char *bytes = NULL;
    _cleanup_close_ int fd = -1;
    size_t length;

    *file = (File){.name = copy_string(name)};
    if (strcmp(name, "-") != 0) {
        file->path = realpath(name, NULL);
        if (!file->path) {
            report_error(name, "%s.", strerror(errno));
            return NULL;
        }
    }
    if (open_input(file, &fd))
        bytes = read_all(fd, &length);
    if (!bytes) {
        report_error(name, "%s.",
                     errno == EINVAL ? "It is no regular file; \"-\" reads standard input"
                                     : strerror(errno));
        return NULL;
    }
    if (!decode(file, bytes, length))
        return NULL;
    return steal(file);
}

/* A name for the new file, beside the old one so that rename() can put it there. */
static char *name_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t directory = slash ? (size_t)(slash - path) + 1 : 0;

    return format_string("%.*s.%.100s.XXXXXX", (int)directory, path, path + directory);
}

static bool fill_replacement(const File *file, int fd, const char *bytes, size_t length)
{
    /* Only root can give files away; for others they are their own anyway, or the group's mode bits
     * say what matters. */
    if (fchown(fd, file->status.st_uid, file->status.st_gid) < 0 &&
        fchown(fd, (uid_t)-1, file->status.st_gid) < 0 && errno != EPERM)
        return false;
    return write_all(fd, bytes, length) && fchmod(fd, file->status.st_mode & 07777) == 0 &&
           fsync(fd) == 0;
}

static bool has_changed(const File *file)
{
    struct stat now;

    return stat(file->path, &now) < 0 || now.st_ino != file->status.st_ino ||
           now.st_size != file->status.st_size ||
           memcmp(&now.st_mtim, &file->status.st_mtim, sizeof(now.st_mtim)) != 0;
}

static bool replace(const File *file, const char *bytes, size_t length)
{
    _cleanup_free_ char *name = name_beside(file->path);
    _cleanup_close_ int fd = mkostemp(name, O_CLOEXEC);

    if (fd < 0) {
        report_error(file->name, "No file can be made beside it: %s.", strerror(errno));
        return false;
    }
    if (!fill_replacement(file, fd, bytes, length)) {
        report_error(file->name, "The file cannot be written: %s.", strerror(errno));
    } else if (has_changed(file)) {
        report_error(file->name, "The file was changed by another program meanwhile and is left as "
                                 "it is; try again.");
    } else {
        if (finish_replacement(name, file->path, true))
            return true;
        report_error(file->name, "The file cannot be replaced: %s.", strerror(errno));
        return false;
    }
    finish_replacement(name, file->path, false);
    return false;
}

bool file_write(const File *file, const char *text)
{
    _cleanup_free_ char *encoded = NULL;
    size_t length = strlen(text);

    if (file->encoding) {
        encoded = encoding_encode(file->encoding, text, length, &length);
        if (!encoded) {
            report_error(file->name, "It cannot be written in its encoding %s: %s.", file->encoding,
                         strerror(errno));
            return false;
        }
        text = encoded;
    }
    if (file->path)
        return replace(file, text, length);
    fflush(stdout);
    if (write_all(STDOUT_FILENO, text, length))
        return true;
    report_error(NULL, "Standard output cannot be written: %s.", strerror(errno));
    return false;
}

bool file_create(const char *name, const char *text)
{
    _cleanup_close_ int fd = -1;

    if (strcmp(name, "-") == 0)
        return file_write(&(File){.name = (char *)name}, text);
    fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        report_error(name,
                     errno == EEXIST ? "The file is there already; \"domwright set\" changes it."
                                     : "%s.",
                     strerror(errno));
        return false;
    }
    if (write_all(fd, text, strlen(text)) && fsync(fd) == 0)
        return true;
    report_error(name, "It cannot be written: %s.", strerror(errno));
    unlink(name);
    return false;
}

void file_free(File *file)
{
    if (!file)
        return;
    free(file->name);
    free(file->path);
    free(file->encoding);
    free(file->text);
    free(file);
}
