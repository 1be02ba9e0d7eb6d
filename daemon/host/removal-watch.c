/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list under a lock: few devices are on their way at any time. */
#include "host/removal-watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/uuid.h"

#define USEC_IN_SEC  1000000
#define NSEC_IN_USEC 1000

typedef struct {
    char uuid[UUID_TEXT];
    char *alias, *kind, *id;
    RemovalState state;
    bool awaited;
} Removal;

struct RemovalWatch {
    atomic_uint references;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    GPtrArray *removals;
};

static void removal_free(void *data)
{
    Removal *removal = data;
    g_free(removal->alias);
    g_free(removal->kind);
    g_free(removal->id);
    g_free(removal);
}

RemovalWatch *removal_watch_new(void)
{
    RemovalWatch *watch = g_new0(RemovalWatch, 1);
    atomic_init(&watch->references, 1);
    watch->removals = g_ptr_array_new_with_free_func(removal_free);
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->answered, &attributes);
    pthread_condattr_destroy(&attributes);
    return watch;
}

RemovalWatch *removal_watch_ref(RemovalWatch *watch)
{
    atomic_fetch_add(&watch->references, 1);
    return watch;
}

void removal_watch_unref(RemovalWatch *watch)
{
    if (!watch || atomic_fetch_sub(&watch->references, 1) != 1)
        return;
    g_ptr_array_unref(watch->removals);
    pthread_cond_destroy(&watch->answered);
    pthread_mutex_destroy(&watch->lock);
    g_free(watch);
}

/* With the lock held, like all that follow. */
static Removal *find(const RemovalWatch *watch, const char *uuid, const char *alias)
{
    for (guint i = 0; i < watch->removals->len; i++) {
        Removal *removal = watch->removals->pdata[i];
        if (strcmp(removal->uuid, uuid) == 0 && strcmp(removal->alias, alias) == 0)
            return removal;
    }
    return NULL;
}

static void answer(RemovalWatch *watch, Removal *removal, RemovalState state)
{
    removal->state = state;
    if (!removal->awaited)
        g_ptr_array_remove_fast(watch->removals, removal);
}

static RemovalState state_of(const RemovalWatch *watch, const char *uuid, const char *alias)
{
    const Removal *removal = find(watch, uuid, alias);
    return removal ? removal->state : REMOVAL_UNKNOWN;
}

/* ---- Interface ---- */

void removal_begin(RemovalWatch *watch, const char *uuid, const char *alias, const char *kind,
                   const char *id)
{
    pthread_mutex_lock(&watch->lock);
    Removal *removal = find(watch, uuid, alias);
    if (!removal) {
        removal = g_new0(Removal, 1);
        g_strlcpy(removal->uuid, uuid, sizeof removal->uuid);
        removal->alias = g_strdup(alias);
        removal->kind = g_strdup(kind);
        removal->id = g_strdup(id);
        g_ptr_array_add(watch->removals, removal);
    }
    removal->state = REMOVAL_ASKED;
    removal->awaited = true;
    pthread_mutex_unlock(&watch->lock);
}

void removal_answered(RemovalWatch *watch, const char *uuid, const char *alias, bool refused)
{
    pthread_mutex_lock(&watch->lock);
    Removal *removal = find(watch, uuid, alias);
    if (removal)
        answer(watch, removal, refused ? REMOVAL_REFUSED : REMOVAL_DONE);
    pthread_mutex_unlock(&watch->lock);
    pthread_cond_broadcast(&watch->answered);
}

void removal_all_gone(RemovalWatch *watch, const char *uuid)
{
    pthread_mutex_lock(&watch->lock);
    for (guint i = watch->removals->len; i-- > 0;) {
        Removal *removal = watch->removals->pdata[i];
        if (strcmp(removal->uuid, uuid) == 0)
            answer(watch, removal, REMOVAL_DONE);
    }
    pthread_mutex_unlock(&watch->lock);
    pthread_cond_broadcast(&watch->answered);
}

RemovalState removal_state(RemovalWatch *watch, const char *uuid, const char *alias)
{
    pthread_mutex_lock(&watch->lock);
    RemovalState state = state_of(watch, uuid, alias);
    pthread_mutex_unlock(&watch->lock);
    return state;
}

RemovalState removal_await(RemovalWatch *watch, const char *uuid, const char *alias, uint64_t usec)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    usec += (uint64_t)end.tv_nsec / NSEC_IN_USEC;
    end.tv_sec += (time_t)(usec / USEC_IN_SEC);
    end.tv_nsec = (long)(usec % USEC_IN_SEC) * NSEC_IN_USEC;
    pthread_mutex_lock(&watch->lock);
    while (state_of(watch, uuid, alias) == REMOVAL_ASKED &&
           pthread_cond_timedwait(&watch->answered, &watch->lock, &end) == 0)
        continue;
    RemovalState state = state_of(watch, uuid, alias);
    pthread_mutex_unlock(&watch->lock);
    return state;
}

void removal_end(RemovalWatch *watch, const char *uuid, const char *alias)
{
    pthread_mutex_lock(&watch->lock);
    Removal *removal = find(watch, uuid, alias);
    if (removal && removal->state != REMOVAL_ASKED)
        g_ptr_array_remove_fast(watch->removals, removal);
    else if (removal)
        removal->awaited = false;
    pthread_mutex_unlock(&watch->lock);
}

void removal_withdraw(RemovalWatch *watch, const char *uuid, const char *alias)
{
    pthread_mutex_lock(&watch->lock);
    Removal *removal = find(watch, uuid, alias);
    if (removal)
        g_ptr_array_remove_fast(watch->removals, removal);
    pthread_mutex_unlock(&watch->lock);
}

char *removal_find(RemovalWatch *watch, const char *uuid, const char *kind,
                   const char *const *values)
{
    char *id = NULL;
    pthread_mutex_lock(&watch->lock);
    for (guint i = 0; i < watch->removals->len && !id; i++) {
        const Removal *removal = watch->removals->pdata[i];
        if (removal->state != REMOVAL_ASKED || strcmp(removal->uuid, uuid) != 0 ||
            strcmp(removal->kind, kind) != 0)
            continue;
        for (const char *const *value = values; *value && !id; value++)
            if (g_ascii_strcasecmp(*value, removal->id) == 0)
                id = g_strdup(removal->id);
    }
    pthread_mutex_unlock(&watch->lock);
    return id;
}
