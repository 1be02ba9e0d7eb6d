/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of users. */
#pragma once

#include <sys/types.h>

/* NULL: not known. May read files or ask a name service: for workers. */
char *user_name(uid_t uid);
