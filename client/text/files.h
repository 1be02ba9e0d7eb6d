/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents in files: any encoding outside, UTF-8 inside, replaced at once or not at all. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

typedef struct {
    char *name;     /* as given; "-" is standard input and output */
    char *path;     /* without symbolic links; NULL for "-" */
    char *encoding; /* for iconv; NULL when it is UTF-8 */
    char *text;     /* UTF-8 */
    struct stat status;
} File;

/* Complains and returns NULL. */
File *file_read(const char *name);
/* Writes text in the file's encoding: a new file takes its place, with its mode and owner.
 * Complains and returns false when it cannot, or when the file has changed since it was read. */
bool file_write(const File *file, const char *text);
/* Writes a file that must not be there yet. */
bool file_create(const char *name, const char *text);
void file_free(File *file);
static inline void file_pointer_free(File **file)
{
    file_free(*file);
}
#define _cleanup_file_ __attribute__((cleanup(file_pointer_free)))

/* Everything up to the end; NULL and errno. */
char *read_all(int fd, size_t *ret_length);
