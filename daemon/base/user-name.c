/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking up the names of users, for image directories and for histories. */
#include "base/user-name.h"

#include <glib.h>
#include <pwd.h>

#define MAX_PASSWD 65536

char *user_name(uid_t uid)
{
    g_autofree char *buffer = g_malloc(MAX_PASSWD);
    struct passwd entry, *found = NULL;
    if (getpwuid_r(uid, &entry, buffer, MAX_PASSWD, &found) != 0 || !found)
        return NULL;
    return g_strdup(entry.pw_name);
}
