/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking up the names of users, for image directories and for histories. The last name is kept for
 * a while: each edit asks, mostly for the same user, and a name service may be on another machine.
 */
#include "base/user-name.h"

#include <glib.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>

#define MAX_PASSWD 65536
#define KEEP       (10 * G_USEC_PER_SEC)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    uid_t uid;
    int64_t until; /* µs, monotonic */
    char name[256];
} last;

static char *recall(uid_t uid)
{
    pthread_mutex_lock(&lock);
    bool known = last.uid == uid && g_get_monotonic_time() < last.until;
    char *name = known ? g_strdup(last.name) : NULL;
    pthread_mutex_unlock(&lock);
    return name;
}

static void keep(uid_t uid, const char *name)
{
    if (strlen(name) >= sizeof last.name)
        return;
    pthread_mutex_lock(&lock);
    last.uid = uid;
    last.until = g_get_monotonic_time() + KEEP;
    strcpy(last.name, name);
    pthread_mutex_unlock(&lock);
}

static char *look_up(uid_t uid)
{
    g_autofree char *buffer = g_malloc(MAX_PASSWD);
    struct passwd entry, *found = NULL;
    if (getpwuid_r(uid, &entry, buffer, MAX_PASSWD, &found) != 0 || !found)
        return NULL;
    keep(uid, entry.pw_name);
    return g_strdup(entry.pw_name);
}

char *user_name(uid_t uid)
{
    char *name = recall(uid);
    return name ? name : look_up(uid);
}
