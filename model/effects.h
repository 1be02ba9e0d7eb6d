/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of judging what a change lets the guest reach, for effects*.c only. */
#pragma once

#include "document.h"

/* effects-paths.c: absolute, every part of it a name, no control characters. */
bool path_is_plain(const char *path);
