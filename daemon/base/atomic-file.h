/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small private files of the daemon's own, replaced whole or not at all. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Mode 0600. Not synchronised: these files need not outlive the machine. */
bool file_write(const char *path, const char *data, gsize length, GError **error);
