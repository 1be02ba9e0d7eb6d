/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of who listens, under a lock. It does not know what an event says. */
#include "witness.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* The event comes about when libvirt answers; a driver without events is not waited for again. */
#define PATIENCE_NSEC (50 * 1000 * 1000)
#define NSEC_PER_SEC  1000000000

struct Witnesses {
    atomic_uint references;
    pthread_mutex_t lock;
    pthread_cond_t told;
    Witness *first;
    bool tells; /* this host has such events */
};

Witnesses *witnesses_new(void)
{
    Witnesses *witnesses = g_new0(Witnesses, 1);
    atomic_init(&witnesses->references, 1);
    pthread_mutex_init(&witnesses->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&witnesses->told, &attributes);
    pthread_condattr_destroy(&attributes);
    return witnesses;
}

Witnesses *witnesses_ref(Witnesses *witnesses)
{
    if (witnesses)
        atomic_fetch_add(&witnesses->references, 1);
    return witnesses;
}

void witnesses_unref(Witnesses *witnesses)
{
    if (!witnesses || atomic_fetch_sub(&witnesses->references, 1) != 1)
        return;
    pthread_cond_destroy(&witnesses->told);
    pthread_mutex_destroy(&witnesses->lock);
    g_free(witnesses);
}

void witnesses_tell(Witnesses *witnesses, const char *uuid)
{
    bool heard = false;
    pthread_mutex_lock(&witnesses->lock);
    witnesses->tells = true;
    for (Witness *witness = witnesses->first; witness; witness = witness->next) {
        if (strcmp(witness->uuid, uuid) == 0) {
            witness->definitions++;
            heard = true;
        }
    }
    pthread_mutex_unlock(&witnesses->lock);
    if (heard)
        pthread_cond_broadcast(&witnesses->told);
}

void witness_begin(Witnesses *witnesses, Witness *witness, const char *uuid)
{
    *witness = (Witness){0};
    g_strlcpy(witness->uuid, uuid, sizeof witness->uuid);
    pthread_mutex_lock(&witnesses->lock);
    witness->next = witnesses->first;
    witnesses->first = witness;
    pthread_mutex_unlock(&witnesses->lock);
}

static void await(Witnesses *witnesses, const Witness *witness)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += PATIENCE_NSEC;
    end.tv_sec += end.tv_nsec / NSEC_PER_SEC;
    end.tv_nsec %= NSEC_PER_SEC;
    while (witnesses->tells && witness->definitions == 0 &&
           pthread_cond_timedwait(&witnesses->told, &witnesses->lock, &end) == 0)
        continue;
    /* One of several that have arrived need not be our own. */
    if (witnesses->tells && witness->definitions == 1) {
        pthread_mutex_unlock(&witnesses->lock);
        virt_catch_up();
        pthread_mutex_lock(&witnesses->lock);
    }
}

bool witness_end(Witnesses *witnesses, Witness *witness, bool defined)
{
    pthread_mutex_lock(&witnesses->lock);
    if (defined)
        await(witnesses, witness);
    for (Witness **at = &witnesses->first; *at; at = &(*at)->next) {
        if (*at == witness) {
            *at = witness->next;
            break;
        }
    }
    bool others = witness->definitions > 1;
    pthread_mutex_unlock(&witnesses->lock);
    return defined && others;
}
