/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are replaced as a whole or not at all. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False and errno when not all of it could be written. */
bool write_all(int fd, const char *bytes, size_t length);
/* Renames the file temporary to path when it is complete. Removes it otherwise, and when it cannot
 * be renamed: false, with errno as it was or as rename() set it. */
bool finish_replacement(const char *temporary, const char *path, bool complete);
