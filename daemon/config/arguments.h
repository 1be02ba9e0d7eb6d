/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of domwrightd. */
#pragma once

#include "config/configuration.h"

typedef enum { ARGUMENTS_RUN, ARGUMENTS_DONE, ARGUMENTS_WRONG } ArgumentsResult;

/* DONE: --help or --version were answered. WRONG: a sentence is in error. */
ArgumentsResult arguments_read(Configuration *configuration, int argc, char **argv, GError **error);
