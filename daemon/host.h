/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host: one libvirt connection with its queue of jobs, its facts and its domains. Connecting,
 * losing and regaining the connection happen here; all on the main thread, with the blocking parts
 * on a thread of their own.
 */
#pragma once

#include <domwright/model.h>

#include "facts.h"
#include "jobs.h"
#include "links.h"
#include "objects.h"
#include "server.h"
#include "texts.h"
#include "virt.h"
#include "witness.h"

typedef enum {
    HOST_FIRST, /* being connected for the first time: calls wait */
    HOST_CONNECTED,
    HOST_LOST,
} HostState;

typedef struct Attempt Attempt;
typedef struct Feed Feed;

struct Host {
    Object object;
    Server *server;
    char *name, *uri, *path;
    HostState state;
    char *hostname;               /* NULL: not known yet */
    uint64_t libvirt, hypervisor; /* versions; 0: not known */
    char *reason;                 /* why it is not connected */
    JobPool *pool;
    Links *links; /* connections for the pool's threads */
    Virt *virt;   /* the connection that listens for events; NULL: none */
    Facts *facts;
    Witnesses *witnesses;
    GHashTable *domains; /* Uuid -> Domain */
    GHashTable *names;   /* name -> Domain */
    GQueue stale;        /* of Domain: to be read anew, in this order */
    bool refreshing;
    bool tells_definitions; /* its events do: not every driver has them */
    bool settling;          /* calls that need this host are kept back for a moment */
    bool learning;          /* calls that need its facts are kept back */
    Texts *texts;
    GQueue live_stale; /* of Domain: what runs is to be read anew */
    bool reading_live;
    bool looking;
    unsigned autostart_serial; /* counts what was learnt of autostarts otherwise */
    Texts *live_texts;
    Attempt *attempt;
    Feed *feed;
    GQueue early; /* events that came before the snapshot they belong to */
    GPtrArray *held;
    GQueue replay; /* of those released: on their way through the bus's queue again */
    unsigned backoff;
    unsigned calls; /* under way on it */
    bool retired;   /* no longer configured */
    sd_event_source *reconnect_timer, *first_timer, *rest_timer;
    sd_bus_slot *slots[8];
};

Host *host_new(Server *server, const char *name, const char *uri, GError **error);
/* Once in a while: lets go of what has not been used, looks for what no event tells. */
void host_idle(Host *host);
/* Takes it off the bus, with its domains. */
void host_retire(Host *host);
/* Ends its threads and gives its connection away; false when a thread is stuck. */
bool host_stop(Host *host);
/* After host_stop, and when the mailbox has been read. */
void host_free(Host *host);
/* hold.c: lets the calls through that waited for the host, or for its facts. */
void host_settle(Host *host);
void host_learned(Host *host);
/* Asks the host what it can do, in the background: all of it, after a connection was made; and
 * again, with what else libvirt has no events for. */
void host_learn(Host *host);
void host_look(Host *host);

/* Submits a job whose link is a Virt. HOST_UNAVAILABLE when not connected; see job_submit. */
bool host_submit(Host *host, const JobType *type, const char *key, uint64_t timeout_usec,
                 void *data, void *context, GError **error);
/* Reads stale domains in the background; false when there are none that can be read now. */
bool host_refresh(Host *host);
void host_mark_stale(Host *host, struct Domain *domain);
/* The error for a job that did not end as JOB_DONE. */
GError *host_job_error(const Host *host, JobEnd end);

/* hold.c: keeps a call about a host that is still being connected: true when it did. */
bool hosts_hold(Server *server, sd_bus_message *message);

#define USEC_PER_SEC  UINT64_C(1000000)
#define READ_TIMEOUT  (10 * USEC_PER_SEC)
#define EDIT_TIMEOUT  (10 * USEC_PER_SEC)
#define POWER_TIMEOUT (30 * USEC_PER_SEC)
