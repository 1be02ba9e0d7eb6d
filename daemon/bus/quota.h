/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How many calls a user may have under way at a time. Used by requests, which count from their
 * handler's start to their answer; main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Quota Quota;

/* limit: of each user but root; read at each call, and has to last. NULL: none. */
Quota *quota_new(const uint64_t *limit);
void quota_free(Quota *quota);
/* A call of this user begins; BUSY when it has too many under way. And one has ended. */
bool quota_begin(Quota *quota, uid_t uid, GError **error);
void quota_end(Quota *quota, uid_t uid);
