/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The redefinitions under way, in a list under a lock; an event counts for those of its domain. */
#include "host/definition-watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "libvirt/event-loop.h"

/* How long an edit waits for its own event, which arrives about when libvirt answers. A driver
 * that has never sent one is not waited for. */
#define OWN_EVENT_NSEC (50 * 1000 * 1000)
#define NSEC_PER_SEC   1000000000

struct DefinitionWatch {
    atomic_uint references;
    pthread_mutex_t lock;
    pthread_cond_t event_arrived;
    Redefinition *first;
    bool has_events; /* this host has such events */
};

DefinitionWatch *definition_watch_new(void)
{
    DefinitionWatch *watch = g_new0(DefinitionWatch, 1);
    atomic_init(&watch->references, 1);
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->event_arrived, &attributes);
    pthread_condattr_destroy(&attributes);
    return watch;
}

DefinitionWatch *definition_watch_ref(DefinitionWatch *watch)
{
    if (watch)
        atomic_fetch_add(&watch->references, 1);
    return watch;
}

void definition_watch_unref(DefinitionWatch *watch)
{
    if (!watch || atomic_fetch_sub(&watch->references, 1) != 1)
        return;
    pthread_cond_destroy(&watch->event_arrived);
    pthread_mutex_destroy(&watch->lock);
    g_free(watch);
}

void definition_watch_count(DefinitionWatch *watch, const char *uuid)
{
    bool heard = false;
    pthread_mutex_lock(&watch->lock);
    watch->has_events = true;
    for (Redefinition *redefinition = watch->first; redefinition;
         redefinition = redefinition->next) {
        if (strcmp(redefinition->uuid, uuid) == 0) {
            redefinition->definitions++;
            heard = true;
        }
    }
    pthread_mutex_unlock(&watch->lock);
    if (heard)
        pthread_cond_broadcast(&watch->event_arrived);
}

void redefinition_begin(DefinitionWatch *watch, Redefinition *redefinition, const char *uuid)
{
    *redefinition = (Redefinition){0};
    g_strlcpy(redefinition->uuid, uuid, sizeof redefinition->uuid);
    pthread_mutex_lock(&watch->lock);
    redefinition->next = watch->first;
    watch->first = redefinition;
    pthread_mutex_unlock(&watch->lock);
}

static void await(DefinitionWatch *watch, const Redefinition *redefinition)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += OWN_EVENT_NSEC;
    end.tv_sec += end.tv_nsec / NSEC_PER_SEC;
    end.tv_nsec %= NSEC_PER_SEC;
    while (watch->has_events && redefinition->definitions == 0 &&
           pthread_cond_timedwait(&watch->event_arrived, &watch->lock, &end) == 0)
        continue;
    /* One of several that have arrived need not be our own. */
    if (watch->has_events && redefinition->definitions == 1) {
        pthread_mutex_unlock(&watch->lock);
        virt_catch_up();
        pthread_mutex_lock(&watch->lock);
    }
}

bool redefinition_end(DefinitionWatch *watch, Redefinition *redefinition, bool defined)
{
    pthread_mutex_lock(&watch->lock);
    if (defined)
        await(watch, redefinition);
    for (Redefinition **at = &watch->first; *at; at = &(*at)->next) {
        if (*at == redefinition) {
            *at = redefinition->next;
            break;
        }
    }
    bool others = redefinition->definitions > 1;
    pthread_mutex_unlock(&watch->lock);
    return defined && others;
}
